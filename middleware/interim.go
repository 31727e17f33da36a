package middleware

import (
	"maps"
	"net/http"
	"slices"
)

// keepForFinal notes before a 1xx what ReverseProxy will clear (golang/go#81207): what
// outer handlers had set, and what one in between that encodes the body did.
func (w *writer) keepForFinal() {
	if w.interim = maps.Clone(w.x.before); w.interim == nil {
		w.interim = http.Header{}
	}
	for _, name := range []string{"Content-Encoding", "Vary"} {
		if values := w.Header()[name]; len(values) > 0 {
			w.interim[name] = values
		}
	}
}

// restoreAfterInterim puts that back. ReverseProxy only adds to what is there: what the
// final response brings itself comes behind. Other handlers may have replaced it.
func (w *writer) restoreAfterInterim() {
	h := w.Header()
	for name, values := range w.interim {
		now, ok := h[name]
		switch {
		case !ok:
			h[name] = values
		case w.x.proxied && (len(now) < len(values) || !slices.Equal(now[:len(values)], values)):
			h[name] = slices.Concat(values, now)
		}
	}
}
