package middleware

import (
	"context"
	"errors"
	"net/http"
	"reflect"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

var errShutdown = errors.New("the server's base context has ended")

// sawEnd notes whose context has ended: that of the request as the server made it, one that a
// handler in between made of it, or the one from which the server makes all of its own.
// inner is that of the request which failed.
func (x *exchange) sawEnd(f *diagnosis.Facts, inner context.Context) {
	outer := x.Context
	if outer == nil { // ErrorHandler alone: there is one request
		outer = x.r.Context()
	}
	if inner.Err() != nil && (outer.Err() == nil || inner.Err() != outer.Err() || !isSame(context.Cause(inner), context.Cause(outer))) {
		f.CtxErr, f.CtxCause, f.Inner = inner.Err(), context.Cause(inner), true
		return
	}
	if f.CtxErr = outer.Err(); f.CtxErr == nil {
		return
	}
	f.CtxCause = context.Cause(outer)
	switch whose := whoseEnd(outer, x.r.ProtoMajor); {
	case whose == endOfServer && isSame(f.CtxCause, context.Canceled):
		f.CtxCause = errShutdown
	case whose == endOfHandler:
		f.Inner = true
	}
}

// innermost returns the context of the last RoundTrip's request, or what the exchange began with.
func (x *exchange) innermost() context.Context {
	if ctx := x.recorder.Context(); ctx != nil {
		return ctx
	}
	return x.r.Context()
}

// isSame compares two causes, of which a host program's may be of a kind that cannot be compared.
func isSame(a, b error) bool {
	return reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// An end says whose context has ended.
type end uint8

const (
	endUnknown   end = iota // the visitor's, or nobody can tell
	endOfHandler            // that of a handler outside of us
	endOfServer             // http.Server.BaseContext
)

// whoseEnd finds the outermost context that has ended. Above the one with the server in it is
// the server's base. Over HTTP/1 net/http makes two below the one with its own address: the
// connection's, which ends as the visitor goes, and the request's, which does not end before
// the handler has; what is further in was made by handlers.
func whoseEnd(ctx context.Context, protoMajor int) end {
	ended, address, i := ctx, -1, 0
	last := 0
	for ; ctx != nil && i < maxContexts; i++ {
		if ctx.Err() != nil {
			ended, last = ctx, i
		}
		if ctx.Value(http.LocalAddrContextKey) != nil {
			address = i
		}
		ctx = embedded[context.Context](ctx, "Context") // that it was made of; nil: it does not embed it
	}
	switch {
	case ended.Value(http.ServerContextKey) == nil && address >= 0:
		return endOfServer
	case protoMajor == 1 && address-last > 2:
		return endOfHandler
	}
	return endUnknown
}

// maxContexts is how many contexts are looked through, one made of the other.
const maxContexts = 100

// serverOf returns the server of net/http that a request came to, or nil.
func serverOf(r *http.Request) *http.Server {
	server, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	return server
}
