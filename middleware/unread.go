package middleware

import (
	"net/http"
	"time"
)

// leavesBody reports an HTTP/1 request whose body nobody took to its end. Without Wrap that
// cannot be told: then a body counts as left.
func (x *exchange) leavesBody() bool {
	if x.given == nil {
		return x.r.ProtoMajor == 1 && hasBody(x.r)
	}
	return x.recorder.BodyLeft()
}

// bodyPatience is how long a visitor may still send a body that nobody reads.
const bodyPatience = 2 * time.Second

// dropBody sends the answer before net/http waits for the rest of a body: a visitor who
// sends slowly, or waits himself, would see nothing until then.
func (x *exchange) dropBody(w http.ResponseWriter) {
	patience := bodyPatience
	if x.r.Header.Get("Expect") != "" && x.recorder.BodyUntouched() {
		patience = 0 // the visitor sends nothing now (RFC 9110 §10.1.1)
	}
	c := http.NewResponseController(w)
	if c.Flush() == nil {
		_ = c.SetReadDeadline(time.Now().Add(patience))
	}
}
