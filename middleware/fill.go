package middleware

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"slices"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// fillable reports a status that is replaced if its body turns out to be empty.
func (w *writer) fillable() bool {
	if !mayBeFilled(int(w.status)) || w.x.proxied != nil && !w.x.ask.form.named() {
		return false
	}
	// The head of a HEAD answer tells whether there would have been a body.
	length := headers.First(w.Header(), "Content-Length")
	return w.x.ask.method != http.MethodHead || length == "" || length == "0"
}

func mayBeFilled(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// maxNothing is how many bytes an encoder makes of nothing at the most, and some more.
const maxNothing = 64

// isNothing reports that what is held, with what comes now, is no body to anybody: white space,
// or what an encoder in between made of nothing.
func (w *writer) isNothing(now []byte) bool {
	body := w.body
	if len(now) > 0 {
		body = slices.Concat(w.body, now)
	}
	if len(body) > maxNothing {
		return false
	}
	switch headers.First(w.head(), "Content-Encoding") {
	case "", "identity":
		return len(bytes.TrimSpace(body)) == 0
	case "gzip", "x-gzip":
		r, err := gzip.NewReader(bytes.NewReader(body))
		return err != nil || hasNoWords(r)
	case "deflate":
		r, err := zlib.NewReader(bytes.NewReader(body))
		return err != nil || hasNoWords(r)
	}
	return len(body) < 16 // of Brotli and Zstandard: shorter than any sentence
}

// hasNoWords reports that nothing but white space can be read.
func hasNoWords(r io.Reader) bool {
	text, _ := io.ReadAll(io.LimitReader(r, maxNothing))
	return len(bytes.TrimSpace(text)) == 0
}

// isEmpty reports a response without a body. Where the length is not declared it waits
// for the first byte: ReverseProxy flushes such answers before it has seen any.
func (x *exchange) isEmpty(res *http.Response) bool {
	if res.ContentLength >= 0 || x.ask.method == http.MethodHead || headers.IsRPC(res.Header) {
		return res.ContentLength == 0
	}
	first := make([]byte, 1)
	n, err := io.ReadFull(res.Body, first)
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(first[:n]), res.Body), res.Body}
	return err == io.EOF // io.Reader's own contract
}

// fill answers in the place of a status that the upstream or the handler chose. Where
// an error is known behind it, that is told.
func (w *writer) fill() {
	head := w.head()
	d, i := w.relayed(), w.x.incident
	if i != nil {
		d = i.Diagnosis
		d.Status = int(w.status)
	}
	if wait := diagnosis.RetryAfter(headers.First(head, "Retry-After"), w.x.mw.config.Now()); wait > 0 && w.x.proxied == nil { // a handler knows when it is back
		d.Retryable, d.RetryAfter = true, wait
	}
	if i != nil {
		i.Diagnosis = d.For(w.x.ask.method)
	}
	w.x.keepLasting(head)
	w.drop()
	w.x.keepIncident(d, nil)
	w.x.answer(w)
}

// head is the header of a response as it was when the handler began it.
func (w *writer) head() http.Header {
	if w.phase != held {
		return w.Header()
	}
	h := make(http.Header, len(w.header))
	w.header.Restore(h)
	return h
}

// relayed is the diagnosis of a status that the upstream, or the handler, chose itself.
func (w *writer) relayed() diagnosis.Diagnosis {
	if e := w.x.upstreamError; e != nil && e.trips == w.x.recorder.Count() {
		return e.diagnosis
	}
	return diagnosis.Diagnosis{
		Status: int(w.status), Party: diagnosis.Site, Outcome: diagnosis.Answered, Retryable: true,
		Hint: "a handler of the gateway answered with this status itself",
	}
}
