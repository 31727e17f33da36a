package diagnosis

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http complains of what upstreams do here
	os.Exit(m.Run())
}

// A stage is an upstream on in-memory connections, which says byte by byte what a test
// wants, and the transports towards it. Tests run it in a synctest bubble: then "wait until
// the transport has noticed" is exact, and its clocks cost no time.
type stage struct {
	t       testing.TB
	trace   httptrace.ClientTrace // of all requests
	curtain chan struct{}         // closed at the end

	mu      sync.Mutex
	dials   int // connections asked for
	devices []io.Closer
}

func newStage(t testing.TB) *stage {
	s := &stage{t: t, curtain: make(chan struct{})}
	s.trace.GetConn = func(string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.dials++
	}
	t.Cleanup(func() {
		close(s.curtain)
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, d := range s.devices {
			_ = d.Close()
		}
	})
	return s
}

// onStage runs a play in a bubble.
func onStage(t *testing.T, play func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { play(newStage(t)) })
}

// A line is the gateway's end of a connection. It knows the upstream's end.
type line struct {
	net.Conn
	upstream net.Conn
	cut      atomic.Bool // nothing can be written any more
}

func (l *line) Write(p []byte) (int, error) {
	if l.cut.Load() {
		return 0, os.NewSyscallError("write", syscall.EPIPE)
	}
	return l.Conn.Write(p)
}

// transport returns one whose connections all lead to serve, plain and with TLS.
func (s *stage) transport(serve func(net.Conn)) *http.Transport {
	t := &http.Transport{
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return s.dial(serve), nil },
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // who is there is not what is tested
		ForceAttemptHTTP2: true,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.devices = append(s.devices, closer(t.CloseIdleConnections))
	return t
}

type closer func()

func (c closer) Close() error { c(); return nil }

func (s *stage) dial(serve func(net.Conn)) net.Conn {
	gateway, upstream := net.Pipe()
	s.mu.Lock()
	s.devices = append(s.devices, gateway, upstream)
	s.mu.Unlock()
	go func() {
		defer upstream.Close()
		serve(upstream)
	}()
	return &line{Conn: gateway, upstream: upstream}
}

// lineOf returns the connection that a trace hook shows.
func lineOf(info httptrace.GotConnInfo) *line {
	conn := info.Conn
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	return conn.(*line)
}

// noticed waits until everybody on the stage waits: all that was sent is read.
func (s *stage) noticed() { synctest.Wait() }

// send sends a request and returns the error, or that of reading the body of the answer.
func (s *stage) send(t http.RoundTripper, r *http.Request) error {
	res, err := t.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), &s.trace)))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// answers is an HTTP/1.1 upstream: it reads one request for each answer, and closes.
func answers(answers ...string) func(net.Conn) {
	return func(c net.Conn) {
		in := bufio.NewReader(c)
		for _, answer := range answers {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			if _, err = io.Copy(io.Discard, r.Body); err != nil {
				return
			}
			if _, err = io.WriteString(c, answer); err != nil {
				return
			}
		}
	}
}

// keeping is like answers, and leaves the connection open.
func (s *stage) keeping(all ...string) func(net.Conn) {
	return func(c net.Conn) {
		answers(all...)(c)
		<-s.curtain
	}
}

// An h2Server is an HTTP/2 upstream that says what a script wants.
type h2Server struct {
	settings []uint32                       // identifiers and values
	script   func(c *h2Conn, stream uint32) // for each request
}

// An h2Conn writes frames (RFC 9113 §4). It knows no rules.
type h2Conn struct {
	net.Conn
	raw net.Conn
}

const (
	frameData     = 0
	frameHeaders  = 1
	frameReset    = 3
	frameSettings = 4
	framePing     = 6
	frameGoAway   = 7

	flagEndStream  = 1
	flagEndHeaders = 4

	settingMaxConcurrentStreams = 3
	settingMaxHeaderListSize    = 6
)

func (c *h2Conn) frame(kind, flags byte, stream uint32, payload ...byte) {
	head := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	head = binary.BigEndian.AppendUint32(head, stream)
	_, _ = c.Write(append(head, payload...))
}

// headers sends a HEADERS frame of names and values.
func (c *h2Conn) headers(stream uint32, flags byte, fields ...string) {
	var block []byte
	for i, field := range fields {
		if i%2 == 0 {
			block = append(block, 0) // literal without indexing (RFC 7541 §6.2.2)
		}
		if n := len(field); n < 127 {
			block = append(block, byte(n))
		} else { // RFC 7541 §5.1
			block = append(block, 127)
			block = binary.AppendUvarint(block, uint64(n-127))
		}
		block = append(block, field...)
	}
	c.frame(frameHeaders, flagEndHeaders|flags, stream, block...)
}

func (c *h2Conn) reset(stream, code uint32) {
	c.frame(frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, code)...)
}

func (c *h2Conn) goAway(last, code uint32) {
	payload := binary.BigEndian.AppendUint32(nil, last)
	payload = binary.BigEndian.AppendUint32(payload, code)
	c.frame(frameGoAway, 0, 0, append(payload, "http: server closed idle connection"...)...)
}

// hangUp closes without a word of TLS.
func (c *h2Conn) hangUp() { _ = c.raw.Close() }

// h2 returns an upstream for [stage.transport].
func h2(server h2Server) func(net.Conn) {
	return func(raw net.Conn) {
		c := &h2Conn{tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{certificate()}, NextProtos: []string{"h2"}}), raw}
		if _, err := io.ReadFull(c, make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
			return
		}
		requests := make(chan uint32, 100)
		go listen(c, requests)
		var settings []byte
		for i := 0; i < len(server.settings); i += 2 {
			settings = binary.BigEndian.AppendUint16(settings, uint16(server.settings[i]))
			settings = binary.BigEndian.AppendUint32(settings, server.settings[i+1])
		}
		c.frame(frameSettings, 0, 0, settings...)
		for stream := range requests {
			if server.script != nil {
				server.script(c, stream)
			}
		}
	}
}

// listen reads all the time: on connections without buffers both sides would else wait for
// each other.
func listen(c *h2Conn, requests chan<- uint32) {
	defer close(requests)
	head := make([]byte, 9)
	for {
		if _, err := io.ReadFull(c, head); err != nil {
			return
		}
		length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		if _, err := io.CopyN(io.Discard, c, length); err != nil {
			return
		}
		if head[3] == frameHeaders {
			requests <- binary.BigEndian.Uint32(head[5:])
		}
	}
}

// certificate is one that nobody trusts.
var certificate = sync.OnceValue(func() tls.Certificate { return certificateFor(time.Unix(0, 0), time.Unix(1<<33, 0)) })

func certificateFor(from, until time.Time, names ...string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: until, DNSNames: names,
		IsCA: true, BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// pool returns authorities, with or without the one that signed a certificate: itself.
func pool(certificate tls.Certificate, with bool) *x509.CertPool {
	pool := x509.NewCertPool()
	if with {
		leaf, err := x509.ParseCertificate(certificate.Certificate[0])
		if err != nil {
			panic(err)
		}
		pool.AddCert(leaf)
	}
	return pool
}
