package browsertest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// A relay stands between a browser and the program. It sends what no browser would: in the
// place of a request for a path that it knows, another one.
type relay struct {
	url  string // without a slash at the end
	stop func() // nothing listens there then

	mu       sync.Mutex
	requests map[string]string // by path
}

func startRelay(t *testing.T, p program) *relay {
	t.Helper()
	r := &relay{requests: map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		to, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer to.Close()
		_ = to.SetDeadline(time.Now().Add(patience))
		if _, err := io.WriteString(to, r.request(in)); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		from, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer from.Close()
		_, _ = io.Copy(from, to) // the browser tells what is missing
	}))
	t.Cleanup(server.Close)
	r.url, r.stop = server.URL, server.Close
	return r
}

// swap has that sent for a request for the path.
func (r *relay) swap(path, request string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests[path] = request
}

func (r *relay) request(in *http.Request) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if request, ok := r.requests[in.URL.Path]; ok {
		return request
	}
	return "GET " + in.RequestURI + " HTTP/1.1\r\nHost: " + in.Host + "\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
}
