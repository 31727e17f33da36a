package transparency

import (
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// pattern is n bytes that differ from place to place.
func pattern(n int) string { return strings.Repeat(block(), n/len(block())+1)[:n] }

var block = sync.OnceValue(func() string {
	var out strings.Builder
	for i := range 997 {
		fmt.Fprintf(&out, "%08d,", i)
	}
	return out.String()
})

// site answers as upstreams do that work.
func site(t *testing.T) http.Handler {
	mux := http.NewServeMux()
	bodies(mux)
	conditional(t, mux)
	statuses(mux)
	uploads(mux)
	return anyPath{mux}
}

// anyPath keeps the mux from redirecting odd paths: what matters is how they arrive.
type anyPath struct{ mux *http.ServeMux }

func (a anyPath) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.RequestURI, "/odd") || r.Method == http.MethodOptions && r.URL.Path != "/hello" {
		io.WriteString(w, r.RequestURI)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// bodies are of every length. Where the length is not known the type is said: a bare
// ReverseProxy too flushes such a head in a race with the first bytes, and where those
// win, net/http guesses the type from them.
func bodies(mux *http.ServeMux) {
	mux.HandleFunc("/hello", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Etag", `"1"`)
		io.WriteString(w, "hello")
	})
	mux.HandleFunc("/sized/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		w.Header().Set("Content-Length", r.PathValue("n"))
		io.WriteString(w, pattern(n))
	})
	mux.HandleFunc("/unsized/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		w.Header().Set("Content-Type", "text/plain")
		w.(http.Flusher).Flush()
		io.Copy(w, strings.NewReader(pattern(n)))
	})
	mux.HandleFunc("/lines", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		for i := range 5 {
			fmt.Fprintln(w, i)
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/cookies", func(w http.ResponseWriter, _ *http.Request) {
		for i := range 4 {
			w.Header().Add("Set-Cookie", fmt.Sprintf("c%d=%d; Path=/; HttpOnly", i, i))
		}
		w.Header().Add("Vary", "Accept")
		w.Header().Add("Vary", "Cookie")
	})
	mux.HandleFunc("/fields", func(w http.ResponseWriter, _ *http.Request) {
		for i := range 200 {
			w.Header().Set(fmt.Sprintf("X-Field-%d", i), strings.Repeat("v", i))
		}
		w.Header().Set("X-Empty", "")
		w.Header().Set("X-Latin", "caf\xe9")
		io.WriteString(w, "fields")
	})
	mux.HandleFunc("/gzip", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept-Encoding")
		w.Header().Set("Content-Type", "text/plain")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			io.WriteString(w, pattern(5000))
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, pattern(5000))
		z.Close()
	})
	mux.HandleFunc("/trailers/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		w.Header().Set("Content-Type", "text/plain")
		if r.URL.Query().Has("announced") {
			w.Header().Set("Trailer", "X-Sum")
		}
		w.(http.Flusher).Flush()
		io.WriteString(w, pattern(n))
		if r.URL.Query().Has("announced") {
			w.Header().Set("X-Sum", "42")
		}
		if r.URL.Query().Has("late") {
			w.Header().Set(http.TrailerPrefix+"X-Late", "7")
		}
	})
}

func conditional(t *testing.T, mux *http.ServeMux) {
	name := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(name, []byte(pattern(100_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	day := time.Unix(1700000000, 0)
	if err := os.Chtimes(name, day, day); err != nil {
		t.Fatal(err)
	}
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"v1"`)
		http.ServeFile(w, r, name)
	})
	mux.HandleFunc("/multipart", func(w http.ResponseWriter, _ *http.Request) { // ServeFile's boundary is random
		w.Header().Set("Content-Type", "multipart/byteranges; boundary=XX")
		w.WriteHeader(http.StatusPartialContent)
		for _, part := range []string{"0-1/10\r\n\r\n01", "4-5/10\r\n\r\n45"} {
			io.WriteString(w, "--XX\r\nContent-Range: bytes "+part+"\r\n")
		}
		io.WriteString(w, "--XX--\r\n")
	})
}

func statuses(mux *http.ServeMux) {
	mux.HandleFunc("/empty/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(r.PathValue("code"))
		w.Header().Set("Etag", `"1"`)
		w.WriteHeader(code)
	})
	mux.HandleFunc("/own/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(r.PathValue("code"))
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", "120")
		w.Header().Set("Proxy-Status", "inner; error=connection_refused")
		w.WriteHeader(code)
		if r.URL.Query().Has("unsized") {
			w.(http.Flusher).Flush()
		}
		fmt.Fprintf(w, `{"error":%d}`, code)
	})
	mux.HandleFunc("/redirect/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(r.PathValue("code"))
		http.Redirect(w, r, "https://shop.example.com/hello?a=1&b=%2F", code)
	})
	mux.HandleFunc("/hints/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		for i := range n {
			w.Header().Set("Link", fmt.Sprintf("</%d.css>; rel=preload", i))
			w.WriteHeader(http.StatusEarlyHints)
		}
		io.WriteString(w, "ok")
	})
	mux.HandleFunc("/processing", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProcessing)
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "nothing after all")
	})
}

func uploads(mux *http.ServeMux) {
	mux.HandleFunc("/sum", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		n, err := io.Copy(sum, r.Body)
		fmt.Fprintf(w, "%d bytes, %x, %v, %v", n, sum.Sum(nil), r.Trailer, err)
	})
	mux.HandleFunc("/refuse", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "too large for us", http.StatusRequestEntityTooLarge)
	})
}
