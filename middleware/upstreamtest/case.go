package upstreamtest

import (
	"io"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A Case is one way in which an upstream, the way to it, or a visitor can break.
type Case struct {
	Name    string              // such as "connection_refused"
	About   string              // what happens, in one sentence
	Method  string              // of the visitor's request; empty: GET
	MaxBody int64               // the limit that the gateway must set with http.MaxBytesReader; 0: none
	Want    diagnosis.Diagnosis // Type, Status, Phase, Party and Outcome that are right; other fields are not set

	start func(*Upstream) error
	body  string // of the visitor's request; with breaksOff: its raw chunked coding
	part  part
}

// A part is what the visitor does.
type part int

const (
	stays     part = iota // sends a sound request and waits for the answer
	breaksOff             // sends a malformed chunked body
	leaves                // goes away while waiting
)

// Cases returns all cases, in the order of the HTTP cycle.
func Cases() []Case {
	return slices.Concat(lookupCases(), connectCases(), certificateCases(), handshakeCases(),
		waitCases(), protocolCases(), headCases(), bodyCases(), visitorCases(), relayedCases())
}

// Shown reports whether a browser can be shown the case. It cannot where the visitor
// must leave.
func (c Case) Shown() bool { return c.part != leaves }

// Inbound returns r as the gateway would have received it from this case's visitor, so
// that a GET for a gallery becomes the POST that fails. It returns r itself where a
// plain GET will do, and never changes r.
func (c Case) Inbound(r *http.Request) *http.Request {
	if c.Method == "" {
		return r
	}
	in := r.Clone(r.Context())
	in.Method = c.Method
	in.Header.Set("Content-Type", bodyType)
	in.Header.Del("Content-Length") // of the body that is replaced
	in.ContentLength, in.TransferEncoding = int64(len(c.body)), nil
	var body io.Reader = strings.NewReader(c.body)
	if c.part == breaksOff {
		in.ContentLength, in.TransferEncoding = -1, []string{"chunked"}
		body = httputil.NewChunkedReader(body) // the very error that a server would get
	}
	in.Body = io.NopCloser(body)
	return in
}
