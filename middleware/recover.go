package middleware

import (
	"fmt"
	"net/http"

	"github.com/gorilla/handlers"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// Recover returns a handler that answers for a panic of next with the page for status
// 500 and reports it. [http.ErrAbortHandler] and a panic after the response has started
// still end the connection: the visitor must not take half an answer for a whole one.
// Put it inside [Middleware.Wrap]; without one it brings its own.
func (m *Middleware) Recover(next http.Handler) http.Handler {
	return m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchangeOf(r.Context())
		if x == nil || !x.wrapped() {
			next.ServeHTTP(w, r) // left alone by Config.Skip
			return
		}
		handlers.RecoveryHandler(handlers.RecoveryLogger(panicLogger{x, w}))(panicMarker{x, next}).ServeHTTP(w, r)
	}))
}

// A panicMarker tells the exchange that a panic is on its way, because gorilla's
// recovery writes an empty 500 before it calls its logger.
type panicMarker struct {
	x    *exchange
	next http.Handler
}

func (p panicMarker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if v := recover(); v != nil {
			p.x.panicked = true
			panic(v)
		}
	}()
	p.next.ServeHTTP(w, r)
}

// A panicLogger is given the value of the panic, still inside the deferred function: it
// can panic again.
type panicLogger struct {
	x *exchange
	w http.ResponseWriter
}

// Println implements gorilla's RecoveryHandlerLogger.
func (l panicLogger) Println(values ...any) {
	l.x.panicked = false
	if len(values) == 1 && values[0] == http.ErrAbortHandler {
		panic(http.ErrAbortHandler)
	}
	err := &diagnosis.Error{
		Type: diagnosis.ProxyInternalError,
		Hint: "a handler of the gateway panicked",
		Err:  fmt.Errorf("panic: %s", fmt.Sprint(values...)),
	}
	l.x.witness.choose(nil, err)
	started := !l.x.w.untouched()
	l.x.fail(l.w, l.x.innermost(), err)
	if started {
		panic(http.ErrAbortHandler)
	}
}
