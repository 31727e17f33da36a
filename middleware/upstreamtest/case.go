package upstreamtest

import (
	"io"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A Case is one way in which an upstream, the way to it, or a visitor can break.
type Case struct {
	Name   string // such as "connection_refused"
	About  string // what happens, in one sentence
	Method string // of the visitor's request; empty: GET

	MaxBody         int64         // the limit that the gateway must set with http.MaxBytesReader; 0: none
	ReadTimeout     time.Duration // what the gateway's http.Server must set; 0: nothing
	ResponseTimeout time.Duration // what the gateway's middleware.Config must set; 0: nothing
	StallTimeout    time.Duration // the same

	// Want holds the Type, Status, Phase, Party and Outcome that are right, RetryAfter
	// where the upstream says it, and as Hint a word that the operator's hint must
	// have, in lower case. Other fields are not set.
	Want diagnosis.Diagnosis

	Alternative diagnosis.Type // right too, where what can be seen is left to chance; empty: none
	Why         string         // there is an Alternative
	Cut         bool           // the answer has begun: it ends visibly; only if nothing was sent yet, there is a page

	start  func(*Upstream) error
	header http.Header // added to the visitor's request
	body   string      // of the visitor's request; of a raw visitor: as it is sent
	size   int64       // of the visitor's body, where it is not written out
	part   part
}

// A part is what the visitor does.
type part int

const (
	stays             part = iota // sends a sound request and waits for the answer
	chunks                        // the same, without a Content-Length
	breaksOff                     // sends a malformed chunked body
	stops                         // sends a part of the body and waits
	halfCloses                    // sends a part of the body and closes one half of the connection
	leavesUploading               // goes away with a part of the body sent
	leaves                        // goes away while waiting
	leavesDownloading             // goes away with a part of the answer read
)

// Cases returns all cases, in the order of the HTTP cycle.
func Cases() []Case {
	return slices.Concat(lookupCases(), connectCases(), socketCases(), gatewayCases(), certificateCases(), handshakeCases(), bannerCases(),
		forwardCases(), tunnelCases(), waitCases(), keptCases(), uploadCases(), protocolCases(), strangerCases(),
		startLineCases(), headCases(), framingCases(), interimCases(), upgradeCases(), bodyCases(), chunkCases(),
		http2ResetCases(), http2RepeatedCases(), http2GoAwayCases(), http2LostCases(), http2HeadCases(), http2FrameCases(),
		http2BodyCases(), visitorCases(), leavingCases(), relayedCases())
}

// Shown reports whether a browser can be shown the case: an answer comes, whatever the
// browser itself does, from a gateway whose middleware has the timeouts of the case.
func (c Case) Shown() bool { return !c.Want.Gone() && !c.Cut && c.ReadTimeout == 0 }

// Inbound returns r as the gateway would have received it from this case's visitor, so
// that a GET for a gallery becomes the POST that fails. It returns r itself where a
// plain GET will do, and never changes r.
func (c Case) Inbound(r *http.Request) *http.Request {
	if c.Method == "" && c.header == nil {
		return r
	}
	in := r.Clone(r.Context())
	for name, values := range c.header {
		in.Header[name] = values
	}
	if c.Method == "" {
		return in
	}
	in.Method = c.Method
	in.Header.Set("Content-Type", bodyType)
	in.Header.Del("Content-Length") // of the body that is replaced
	body := c.content()
	in.ContentLength, in.TransferEncoding = c.length(), nil
	if c.part == breaksOff {
		body = httputil.NewChunkedReader(body) // the very error that a server would get
	}
	if in.ContentLength < 0 {
		in.TransferEncoding = []string{"chunked"}
	}
	in.Body = io.NopCloser(body)
	return in
}

// content is the visitor's body.
func (c Case) content() io.Reader {
	if c.size > 0 {
		return io.LimitReader(letters{}, c.size)
	}
	return strings.NewReader(c.body)
}

// length is what the visitor says of the body's length; -1: nothing.
func (c Case) length() int64 {
	if c.part == chunks || c.part == breaksOff {
		return -1
	}
	return max(c.size, int64(len(c.body)))
}

// letters is a text without end.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
