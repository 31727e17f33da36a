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
	if !isSame(f.CtxCause, context.Canceled) {
		return
	}
	if base := baseOf(outer); base != nil && base.Err() != nil {
		f.CtxCause = errShutdown
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

// baseOf returns the context from which the server made those of its requests
// (http.Server.BaseContext): the nearest one above that does not know the server. A context
// embeds the one it was made of; where it does not, nil is returned.
func baseOf(ctx context.Context) context.Context {
	for ctx.Value(http.ServerContextKey) != nil {
		v := reflect.Indirect(reflect.ValueOf(ctx))
		if v.Kind() != reflect.Struct {
			return nil
		}
		parent := v.FieldByName("Context")
		if !parent.IsValid() || !parent.CanInterface() {
			return nil
		}
		var ok bool
		if ctx, ok = parent.Interface().(context.Context); !ok {
			return nil
		}
	}
	return ctx
}

// serverOf returns the server of net/http that a request came to, or nil.
func serverOf(r *http.Request) *http.Server {
	server, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	return server
}
