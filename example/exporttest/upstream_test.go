package exporttest

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// ownError is what the site itself says; nobody may replace it.
const ownError = `{"error":"the site's own"}`

// Upstreams are what stands behind the servers.
type upstreams struct {
	dead   string // nothing listens there
	silent string // takes connections and never answers
	site   string // answers; /own with an error of its own
}

func startUpstreams(t *testing.T) upstreams {
	t.Helper()
	silent := listen(t)
	go func() {
		var held []net.Conn
		for {
			conn, err := silent.Accept()
			if err != nil {
				for _, c := range held {
					c.Close()
				}
				return
			}
			held = append(held, conn)
		}
	}()
	site := listen(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/own", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, ownError)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "fine")
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(site) }()
	t.Cleanup(func() { server.Close() })
	return upstreams{dead: "127.0.0.9:9", silent: silent.Addr().String(), site: site.Addr().String()}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}
