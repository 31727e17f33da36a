package adapters

import (
	"io"
	"net/http"
	"net/url"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// PlainHandler passes on what a client of its own fetches, without a ReverseProxy. Three
// things let the middleware see what happens: the client's transport, the context of the
// incoming request, and Wrap around it all.
func PlainHandler(mw *middleware.Middleware, base http.RoundTripper, upstream *url.URL) http.Handler {
	client := &http.Client{Transport: mw.Transport(base)}
	return mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		res, err := fetch(client, r, upstream)
		if err != nil {
			mw.ErrorHandler(w, r, err)
			return
		}
		defer res.Body.Close()
		_ = mw.ModifyResponse(res) // an answer of known length that breaks early becomes a page
		for _, name := range []string{"Content-Type", "Content-Length", "Cache-Control", "Etag", "Last-Modified"} {
			if value := res.Header.Get(name); value != "" {
				w.Header().Set(name, value)
			}
		}
		w.WriteHeader(res.StatusCode)
		var out io.Writer = w
		if res.ContentLength < 0 {
			out = flushing{w} // it may be a stream of events, which must not wait
		}
		if _, err := io.Copy(out, res.Body); err != nil {
			panic(http.ErrAbortHandler) // half an answer must not look like a whole one
		}
	}))
}

func fetch(client *http.Client, r *http.Request, upstream *url.URL) (*http.Response, error) {
	out, err := http.NewRequestWithContext(r.Context(), http.MethodGet, upstream.JoinPath(r.URL.Path).String(), nil)
	if err != nil {
		return nil, err
	}
	return client.Do(out)
}

// flushing passes each piece on as it comes.
type flushing struct{ http.ResponseWriter }

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	if err != nil {
		return n, err
	}
	return n, http.NewResponseController(f.ResponseWriter).Flush()
}
