package middleware

import (
	"net/http"
	"slices"
)

// encoders are the fields by which a handler in between says that it encodes the body.
var encoders = [...]string{"Content-Encoding", "Vary"}

// keepEncoding notes what such a handler has set, before our transport asks an upstream: later
// nobody can tell that from what a 1xx answer of the upstream says of itself.
func (x *exchange) keepEncoding() {
	if !x.wrapped() || len(x.w.Header()) == 0 {
		return
	}
	for _, name := range encoders {
		values := x.w.Header()[name]
		if len(values) == 0 || slices.Equal(values, x.before[name]) {
			continue
		}
		if x.w.encoding == nil {
			x.w.encoding = http.Header{}
		}
		x.w.encoding[name] = values
	}
}

// restoreAfterInterim puts back what a ReverseProxy has cleared with the fields of a 1xx
// (golang/go#81207): what outer handlers had set, and who encodes the body. It only adds to
// what is there: what the final response brings itself comes behind. Other handlers may have
// replaced it.
func (w *writer) restoreAfterInterim() {
	if !w.x.hinted || w.keepsAny() {
		return
	}
	for name, values := range w.x.before {
		if w.encoding[name] == nil {
			w.restore(name, values)
		}
	}
	for name, values := range w.encoding {
		w.restore(name, values)
	}
}

// keepsAny reports a header that was not cleared: a handler that writes a 1xx itself may take
// fields of outer handlers away.
func (w *writer) keepsAny() bool {
	for name, values := range w.x.before {
		if now := w.Header()[name]; len(now) > 0 && len(values) > 0 && &now[0] == &values[0] {
			return true
		}
	}
	return false
}

func (w *writer) restore(name string, values []string) {
	h := w.Header()
	now, ok := h[name]
	switch {
	case !ok:
		h[name] = values
	case w.x.proxied != nil && (len(now) < len(values) || !slices.Equal(now[:len(values)], values)):
		h[name] = slices.Concat(values, now)
	}
}
