package diagnosis

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"
)

const plain200 = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

func get(address string) *http.Request {
	r, err := http.NewRequest(http.MethodGet, address, http.NoBody)
	if err != nil {
		panic(err)
	}
	return r
}

// post has a body that cannot be read twice, as that of a visitor.
func post(address, body string) *http.Request {
	r := get(address)
	r.Method = http.MethodPost
	r.Body = io.NopCloser(strings.NewReader(body))
	r.ContentLength = int64(len(body))
	return r
}

// head provokes an error by what the upstream sends first.
func head(answer string) func(*stage) error {
	return func(s *stage) error { return s.send(s.transport(answers(answer)), get("http://upstream")) }
}

// chunks provokes an error by a chunked body.
func chunks(body string) func(*stage) error {
	return head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
}

// unsendable provokes an error by a request.
func unsendable(change func(*http.Request)) func(*stage) error {
	return func(s *stage) error {
		r := get("http://upstream")
		change(r)
		return s.send(s.transport(s.keeping()), r)
	}
}

// kept provokes an error on a connection that has served a request before: event happens
// after the transport chose it, and before it writes.
func kept(event func(*line)) func(*stage) error {
	return func(s *stage) error {
		t := s.transport(s.keeping(plain200))
		if err := s.send(t, post("http://upstream", "body")); err != nil {
			return err
		}
		s.chosen(event)
		return s.send(t, post("http://upstream", "body"))
	}
}

// chosen lets something happen each time a connection is chosen, and be noticed.
func (s *stage) chosen(event func(*line)) {
	s.trace.GotConn = func(info httptrace.GotConnInfo) {
		event(lineOf(info))
		s.noticed()
	}
}

func hangUp(l *line) { _ = l.upstream.Close() }

// scripted provokes an error by an HTTP/2 upstream.
func scripted(r func() *http.Request, script func(c *h2Conn, stream uint32)) func(*stage) error {
	return func(s *stage) error {
		return s.send(s.transport(h2(h2Server{script: script})), r())
	}
}

func secureGet() *http.Request  { return get("https://upstream") }
func securePost() *http.Request { return post("https://upstream", "body") }

// proxied provokes an error of ReverseProxy itself.
func proxied(answer string, change func(*httputil.ReverseProxy, *http.Request)) func(*stage) error {
	return func(s *stage) (err error) {
		p := &httputil.ReverseProxy{
			Transport:    s.transport(s.keeping(answer)),
			Rewrite:      func(*httputil.ProxyRequest) {},
			ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, e error) { err = e },
		}
		r := httptest.NewRequest(http.MethodGet, "http://upstream", http.NoBody)
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), &s.trace))
		if change != nil {
			change(p, r)
		}
		p.ServeHTTP(httptest.NewRecorder(), r)
		return err
	}
}

func upgrade(to string) func(*httputil.ReverseProxy, *http.Request) {
	return func(_ *httputil.ReverseProxy, r *http.Request) {
		r.Header.Set("Connection", "Upgrade")
		r.Header.Set("Upgrade", to)
	}
}

func switching(to string) string {
	return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + to + "\r\n\r\n"
}

// provocations make the running Go say each of the texts.
var provocations = []struct {
	begins string
	broken bool // it stands behind connectionBroken
	by     func(*stage) error
}{
	{"http: no Host in request URL", false, unsendable(func(r *http.Request) { r.URL.Host = "" })},
	{"unsupported protocol scheme", false, unsendable(func(r *http.Request) { r.URL.Scheme = "ftp" })},
	{"http: nil Request.URL", false, unsendable(func(r *http.Request) { r.URL = nil })},
	{"net/http: invalid method", false, unsendable(func(r *http.Request) { r.Method = "G ET" })},
	{"net/http: invalid header field", false, unsendable(func(r *http.Request) { r.Header["A b"] = []string{"c"} })},
	{"net/http: invalid header field", false, unsendable(func(r *http.Request) { r.Header["A"] = []string{"b\nc"} })},
	{"net/http: invalid trailer field", false, unsendable(func(r *http.Request) { r.Trailer = http.Header{"A b": {"c"}} })},
	{"net/http: can't write control character", false, unsendable(func(r *http.Request) { r.URL.RawQuery = "\x01" })},
	{"net/http: Transport.DialContext hook returned", false, func(s *stage) error {
		t := s.transport(nil)
		t.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, nil }
		return s.send(t, get("http://upstream"))
	}},
	{"http: ContentLength=", false, short(4)},
	{"http: ContentLength=", true, short(1 << 16)}, // more than a buffer: a part is sent before
	{"http: Request.ContentLength=", false, unsendable(func(r *http.Request) { r.Body, r.ContentLength = nil, 4 })},
	{"http2: request body larger", false, scripted(func() *http.Request {
		r := securePost()
		r.ContentLength--
		return r
	}, nil)},
	{"http: invalid Host header", false, func(s *stage) error {
		t := s.transport(s.keeping())
		t.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse("http://proxy") }
		r := get("http://upstream")
		r.Host = "no host"
		return s.send(t, r)
	}},
	{"http2: invalid Upgrade request header", false, scripted(func() *http.Request {
		r := secureGet()
		r.Header.Set("Connection", "Upgrade")
		r.Header.Set("Upgrade", "h2c") // with "websocket" HTTP/1.1 is asked for
		return r
	}, nil)},
	{"http2: invalid ", false, scripted(func() *http.Request {
		r := secureGet()
		r.Host = "no host\x00"
		return r
	}, nil)},
	{"http2: request header list larger", false, func(s *stage) error {
		s.chosen(func(*line) {}) // the SETTINGS are read
		return s.send(s.transport(h2(h2Server{settings: []uint32{settingMaxHeaderListSize, 1}})), secureGet())
	}},

	{"net/http: server response headers exceeded", true, func(s *stage) error {
		t := s.transport(answers("HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", 1<<16) + "\r\n\r\n"))
		t.MaxResponseHeaderBytes = 1 << 10
		return s.send(t, get("http://upstream"))
	}},
	{"unsupported transfer encoding", true, head("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")},
	{"too many transfer encodings", true, head("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")},
	{malformedResponse, true, head("hello\r\n")},
	{malformedResponse, true, head("hel")}, // the line is cut
	{malformedVersion, true, head("ICY 200 OK\r\n")},
	{malformedStatus, true, head("HTTP/1.1 2OO OK\r\n")},
	{malformedStatus, true, head("HTTP/1.1 1000 OK\r\n")},
	{"bad Content-Length ", true, head("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")},
	{"http: message cannot contain multiple Content-Length", true, head("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")},
	{"invalid empty Content-Length", true, head("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n")},
	{"bad trailer key", true, head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n")},
	{"net/http: server replied with more than declared", false, scripted(secureGet, func(c *h2Conn, stream uint32) {
		c.headers(stream, 0, ":status", "200", "content-length", "1")
		c.frame(frameData, flagEndStream, stream, 'a', 'b')
	})},

	{"invalid byte in chunk length", false, chunks("x\r\n")},
	{"malformed chunked encoding", false, chunks("1\r\nabc\r\n")},
	{"http chunk length too large", false, chunks("11111111111111111\r\n")},
	{"chunked encoding contains too much non-data", false, chunks(strings.Repeat("1;"+strings.Repeat("a", 1000)+"\r\nb\r\n", 20))},
	{"empty hex number for chunk length", false, chunks("\r\n")},
	{"chunked line ends with bare LF", false, chunks("1\na\n")},
	{"invalid CR in chunked line", false, chunks("1;\r \r\na\r\n")},
	{"http: suspiciously long trailer", false, chunks("0\r\nA: " + strings.Repeat("a", 1<<13) + "\r\n\r\n")},
	{"http: unexpected EOF reading trailer", false, chunks("0\r\n")},

	{"http: server closed idle connection", false, kept(hangUp)},
	{"http: server closed idle connection", false, kept(unasked("HTTP/1.1 408 Request Timeout\r\n\r\n"))},
	{"net/http: cannot rewind body after connection loss", false, func(s *stage) error {
		t := s.transport(h2(h2Server{script: func(c *h2Conn, stream uint32) { c.headers(stream, flagEndStream, ":status", "200") }}))
		if err := s.send(t, secureGet()); err != nil {
			return err
		}
		s.chosen(hangUp)
		return s.send(t, securePost())
	}},
	{"readLoopPeekFailLocked: %!w(<nil>)", false, kept(unasked("HTTP/1.1 200 OK\r\n\r\n"))},

	{"http2: client conn could not be established", false, func(s *stage) error {
		s.chosen(hangUp)
		return s.send(s.transport(h2(h2Server{})), secureGet())
	}},
	{"http2: client conn not usable", false, unusable},
	{"http2: client connection force closed", false, func(s *stage) error {
		t := s.transport(h2(h2Server{}))
		first := make(chan error, 1)
		go func() { first <- s.send(t, secureGet()) }()
		s.noticed()
		s.chosen(func(l *line) { l.cut.Store(true) })
		if err := s.send(t, secureGet()); !errors.Is(err, syscall.EPIPE) {
			return err
		}
		return <-first
	}},
	{"http2: client connection lost", false, func(s *stage) error {
		t := s.transport(h2(h2Server{}))
		t.HTTP2 = &http.HTTP2Config{SendPingTimeout: time.Second, PingTimeout: time.Second}
		return s.send(t, secureGet())
	}},
	{"http2: frame too large", false, scripted(secureGet, func(c *h2Conn, _ uint32) {
		_, _ = c.Write([]byte{255, 255, 255, frameData, 0, 0, 0, 0, 1})
	})},
	{"http2: failed reading the frame payload", false, scripted(secureGet, func(c *h2Conn, _ uint32) {
		_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
	})},

	{"backend tried to switch", false, proxied(switching("mail"), nil)},
	{"backend tried to switch", false, proxied(switching("mail"), upgrade("chat"))},
	{"backend tried to switch", false, proxied(switching("\u00e9"), nil)},
	{"internal error: 101 switching protocols response", false, proxied("HTTP/1.1 101 Switching Protocols\r\n\r\n", nil)},
	{"client tried to switch to invalid protocol", false, proxied("", upgrade("\u00e9"))},
	{"can't switch protocols using non-Hijacker", false, proxied(switching("chat"), upgrade("chat"))},
	{"ReverseProxy must have exactly one of", false, proxied("", func(p *httputil.ReverseProxy, _ *http.Request) { p.Rewrite = nil })},
}

// short provokes an error by a body that is shorter than declared.
func short(size int) func(*stage) error {
	return func(s *stage) error {
		r := post("http://upstream", strings.Repeat("a", size))
		r.ContentLength++
		return s.send(s.transport(func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }), r)
	}
}

// unasked sends something on an idle connection.
func unasked(answer string) func(*line) {
	return func(l *line) {
		_, _ = io.WriteString(l.upstream, answer)
	}
}

// unusable makes a transport keep many connections that end one after another, each as a
// request is sent on it.
func unusable(s *stage) error {
	const connections = 8 // net/http gives up at the eighth
	answer := make(chan struct{})
	t := s.transport(h2(h2Server{settings: []uint32{settingMaxConcurrentStreams, 1}, script: func(c *h2Conn, stream uint32) {
		<-answer
		c.headers(stream, flagEndStream, ":status", "200")
	}}))
	sent := make(chan error, connections)
	for range connections {
		go func() { sent <- s.send(t, secureGet()) }()
		s.noticed()
	}
	close(answer)
	for range connections {
		if err := <-sent; err != nil {
			return err
		}
	}
	s.chosen(hangUp)
	return s.send(t, secureGet())
}

// TestTexts ties each of the texts to the running Go: a release that changes one fails here
// rather than at the visitor.
func TestTexts(t *testing.T) {
	t.Parallel()
	provoked := map[string]bool{}
	for _, p := range provocations {
		provoked[p.begins] = true
		t.Run(p.begins, func(t *testing.T) {
			onStage(t, func(s *stage) {
				err := p.by(s)
				switch found := firstText(err); {
				case found == nil:
					t.Fatalf("got %v (%T), which is none of the texts", err, err)
				case found.begins != p.begins:
					t.Fatalf("got %q for %v (%T)", found.begins, err, err)
				case (found.proof == proofUnasked || found.proof == proofUncalled) && s.dials > 0:
					t.Error("marked as unasked, yet a connection was asked for")
				default:
					want := found.diagnosis("", Facts{})
					if d := Of(err, Facts{}); d.Type != want.Type || d.Status != want.Status {
						t.Errorf("something before the texts decided: %+v", d)
					}
				}
				if broken := strings.HasPrefix(err.Error(), connectionBroken); broken != p.broken {
					t.Errorf("got %q, behind connectionBroken: %v", err, broken)
				}
			})
		})
	}
	for _, text := range texts {
		if !provoked[text.begins] {
			t.Errorf("nothing provokes %q", text.begins)
		}
	}
}

// firstText returns what ofText decides by.
func firstText(err error) *text {
	for link := err; link != nil; link = errors.Unwrap(link) {
		said := strings.TrimPrefix(link.Error(), connectionBroken)
		if _, ok := ofRetryText(said, Facts{}); ok {
			return nil
		}
		if t := textOf(said); t != nil {
			return t
		}
	}
	return nil
}

// TestTextsShadowNone: no text stands behind one that begins it.
func TestTextsShadowNone(t *testing.T) {
	t.Parallel()
	for i, later := range texts {
		for _, earlier := range texts[:i] {
			if strings.HasPrefix(later.begins, earlier.begins) {
				t.Errorf("%q is never reached: %q stands before", later.begins, earlier.begins)
			}
		}
	}
}
