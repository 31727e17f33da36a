package middleware

import (
	"io"
	"net/http"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/facts"
)

// An inbound is an exchange as the body of its request over HTTP/1: it knows how far that was
// read, by whom ever, and whether net/http would make our answer wait for the rest.
type inbound exchange

// tapBody puts it in the place of the body that net/http gave.
func (x *exchange) tapBody() {
	if x.given.ProtoMajor == 1 && hasBody(x.given) {
		x.inside.Body = (*inbound)(x)
		x.recorder.SawBody(facts.BodyOpen)
	}
}

func hasBody(r *http.Request) bool { return r.Body != nil && r.Body != http.NoBody }

func (b *inbound) Read(p []byte) (int, error) {
	b.recorder.SawBody(facts.BodyBegun)
	n, err := b.given.Body.Read(p)
	if err == io.EOF { // io.Reader's own contract
		b.recorder.SawBody(facts.BodyRead)
	}
	return n, err
}

func (b *inbound) Close() error { return b.given.Body.Close() }
