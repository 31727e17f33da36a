package transparency

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// newStand puts an upstream up and gateways in front of it, all of which keep the clocks.
func newStand(t *testing.T, w wiring, upstream http.Handler) *stand {
	t.Helper()
	s := new(stand)
	config := clocks
	if w.config != nil {
		config = *w.config
	}
	seen := make(chan string, 16)
	bytes, up := serveRecorded(t, witnessed(upstream, seen), w.back)
	s.seen = func(t *testing.T) string {
		var out strings.Builder
		for range max(1, w.requests) {
			select {
			case view := <-seen:
				out.WriteString(view)
			case <-t.Context().Done():
				return "nothing"
			}
		}
		if w.back == http1 && !w.upgraded {
			out.WriteString(messages(bytes.take()))
		}
		return out.String()
	}
	s.front(t, w.front, config, proxyTo(t, up.URL, w.back, w.proxy))
	return s
}

// witnessed tells of each request that h has answered what it saw of it.
func witnessed(h http.Handler, seen chan<- string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := &sumReader{ReadCloser: r.Body, sum: sha256.New()}
		r.Body = body
		header := r.Header.Clone()
		if header.Get("Sec-Websocket-Key") != "" {
			header.Set("Sec-Websocket-Key", "(a random one)")
		}
		h.ServeHTTP(w, r)
		seen <- fmt.Sprintf("%s %s %s %s %v length %d %v, %d bytes %x, trailer %v\n", r.Method, r.RequestURI, r.Proto, r.Host,
			header, r.ContentLength, r.TransferEncoding, body.read, body.sum.Sum(nil), r.Trailer)
	})
}

// A sumReader sums what is read through it.
type sumReader struct {
	io.ReadCloser
	sum  hash.Hash
	read int
}

func (b *sumReader) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read += n
	b.sum.Write(p[:n])
	return n, err
}

// A record keeps every byte that clients send to a server.
type record struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *record) take() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.buf.Reset()
	return bytes.Clone(r.buf.Bytes())
}

type recordedListener struct {
	net.Listener
	record *record
}

func (l recordedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return recordedConn{conn.(*net.TCPConn), l.record}, nil
}

// A recordedConn embeds the type so that the server keeps its fast paths.
type recordedConn struct {
	*net.TCPConn
	record *record
}

func (c recordedConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	c.record.mu.Lock()
	defer c.record.mu.Unlock()
	c.record.buf.Write(p[:n])
	return n, err
}

func serveRecorded(t *testing.T, h http.Handler, p protocol) (*record, *httptest.Server) {
	if p != http1 {
		return nil, serve(t, h, p)
	}
	r := new(record)
	s := httptest.NewUnstartedServer(h)
	s.Listener = recordedListener{s.Listener, r}
	s.Config.DisableGeneralOptionsHandler = true
	s.Start()
	t.Cleanup(s.Close)
	return r, s
}

// newRawStand is newStand with an upstream that answers with these bytes and hangs up.
func newRawStand(t *testing.T, answer string) *stand {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	r := new(record)
	go func() {
		for {
			conn, err := recordedListener{l, r}.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					io.WriteString(conn, answer)
				}
			}()
		}
	}()
	s := &stand{seen: func(*testing.T) string { return messages(r.take()) }}
	s.front(t, http1, clocks, proxyTo(t, "http://"+l.Addr().String(), http1, nil))
	return s
}

// testTLS returns a configuration of its own that trusts the certificate of all test servers.
func testTLS() *tls.Config { return &tls.Config{RootCAs: testRoots(), ServerName: "example.com"} }

var testRoots = sync.OnceValue(func() *x509.CertPool {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return pool
})
