package transparency

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	neturl "net/url"
	"strings"
	"testing"
	"time"

	"github.com/quic-go/quic-go/http3"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// serve3 starts a server of HTTP/3 and returns its URL and a client for it.
func serve3(t *testing.T, h http.Handler) (url string, client *http.Client) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	certificates := serve(t, http.NotFoundHandler(), http2).TLS.Certificates
	s := &http3.Server{Handler: h, TLSConfig: http3.ConfigureTLSConfig(&tls.Config{Certificates: certificates}), Logger: slog.New(slog.DiscardHandler)}
	go func() { _ = s.Serve(conn) }()
	transport := &http3.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	t.Cleanup(func() {
		_ = transport.Close()
		_ = s.Close()
		_ = conn.Close()
	})
	return "https://" + conn.LocalAddr().String(), &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// TestBreaksOnEveryServer has answers fail behind each kind of server that may call us: there
// is a page where nothing was sent, else the client sees that something is missing.
func TestBreaksOnEveryServer(t *testing.T) {
	upstream := http.NewServeMux()
	upstream.HandleFunc("/whole", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "whole") })
	upstream.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, pattern(5000))
		_ = http.NewResponseController(w).Flush()
		time.Sleep(20 * time.Millisecond) // so that the gateway has passed it on
		panic(http.ErrAbortHandler)
	})
	upstream.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100000")
		_, _ = io.WriteString(w, pattern(50_000))
	})
	upstream.HandleFunc("/early", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "x")
	})
	upstream.HandleFunc("/silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	working := serve(t, upstream, http1)
	for name, start := range map[string]func(*testing.T, http.Handler) (string, *http.Client){
		"HTTP/1": func(t *testing.T, h http.Handler) (string, *http.Client) {
			return serve(t, h, http1).URL, &http.Client{Transport: transportTo(t, http1)}
		},
		"HTTP/2": func(t *testing.T, h http.Handler) (string, *http.Client) {
			return serve(t, h, http2).URL, &http.Client{Transport: transportTo(t, http2)}
		},
		"h2c": func(t *testing.T, h http.Handler) (string, *http.Client) {
			return serve(t, h, h2c).URL, &http.Client{Transport: transportTo(t, h2c)}
		},
		"HTTP/3": serve3,
	} {
		for _, c := range []struct {
			path, upstream string
			status         int // 0: the answer is cut
			want           diagnosis.Type
		}{
			{path: "/whole", status: 200},
			{path: "/dead", upstream: "http://127.0.0.9:9", status: 502, want: diagnosis.ConnectionRefused},
			{path: "/silent", status: 504, want: diagnosis.HTTPResponseTimeout},
			{path: "/early", status: 502, want: diagnosis.HTTPResponseIncomplete},
			{path: "/cut", want: diagnosis.HTTPResponseIncomplete},
			{path: "/short", want: diagnosis.HTTPResponseIncomplete},
			{path: "/errorhandler", want: diagnosis.ProxyInternalError},
			{path: "/alone", want: diagnosis.ProxyInternalError}, // without Wrap
		} {
			t.Run(name+c.path, func(t *testing.T) {
				t.Parallel()
				failures := make(chan *middleware.Incident, 4)
				mw, err := middleware.New(middleware.Config{
					ResponseTimeout: 300 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
					OnFailure: func(_ *http.Request, i *middleware.Incident) { failures <- i },
				})
				if err != nil {
					t.Fatal(err)
				}
				target := working.URL
				if c.upstream != "" {
					target = c.upstream
				}
				back, err := neturl.Parse(target)
				if err != nil {
					t.Fatal(err)
				}
				proxy := mw.Proxy(&httputil.ReverseProxy{
					Transport: transportTo(t, http1), ErrorLog: log.New(io.Discard, "", 0),
					Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(back) },
				})
				begun := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.WriteString(w, pattern(5000))
					_ = http.NewResponseController(w).Flush()
					mw.ErrorHandler(w, r, &diagnosis.Error{Err: errors.New("broke off")})
				})
				mux := http.NewServeMux()
				mux.Handle("/", proxy)
				mux.Handle("/errorhandler", mw.Wrap(begun))
				mux.Handle("/alone", begun)
				url, client := start(t, mux)
				res, err := client.Get(url + c.path)
				var body []byte
				if err == nil {
					defer res.Body.Close()
					body, err = io.ReadAll(res.Body)
				}
				switch {
				case c.status == 0 && err == nil:
					t.Errorf("status %d and %d bytes look whole", res.StatusCode, len(body))
				case c.status != 0 && (err != nil || res.StatusCode != c.status || len(body) == 0):
					t.Errorf("%v, %d bytes, %v, want status %d", res, len(body), err, c.status)
				case c.status == 502 && !strings.Contains(string(body), "502"):
					t.Errorf("body %.60q", body)
				}
				if c.want == "" {
					return
				}
				select {
				case i := <-failures:
					if i.Type != c.want {
						t.Errorf("incident %+v, want %s", i.Diagnosis, c.want)
					}
				case <-time.After(5 * time.Second):
					t.Error("no incident was reported")
				}
			})
		}
	}
}
