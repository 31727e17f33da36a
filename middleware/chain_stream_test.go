package middleware_test

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

// dialChain opens a connection to the chain and sends a request.
func dialChain(t *testing.T, s *wholeChain, request string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(conn, request+"\r\nHost: shop.example.com\r\n\r\n")
	return conn, bufio.NewReader(conn)
}

// echoFrames agrees to a WebSocket and sends each masked frame back unmasked, as servers do.
func echoFrames(w http.ResponseWriter, _ *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	for frame := make([]byte, 2); ; {
		if _, err := io.ReadFull(rw, frame); err != nil {
			return
		}
		payload := make([]byte, 4+int(frame[1]&0x7f))
		if _, err := io.ReadFull(rw, payload); err != nil {
			return
		}
		mask, data := payload[:4], payload[4:]
		for i := range data {
			data[i] ^= mask[i%4]
		}
		conn.Write(append([]byte{frame[0], byte(len(data))}, data...))
	}
}

func TestTheChainHandsWebSocketsOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		next  http.Handler
		asked bool
	}{
		{"of a proxy", proxyTo(t, serve(t, http.HandlerFunc(echoFrames)).URL), true},
		{"of a handler", http.HandlerFunc(echoFrames), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := startChain(t, nobody, c.next)
			conn, r := dialChain(t, s, "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAccept-Encoding: gzip")
			res, err := http.ReadResponse(r, nil)
			if err != nil || res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Content-Encoding") != "" {
				t.Fatalf("got %+v, %v", res, err)
			}
			for _, word := range []string{"one", "two"} {
				frame := append([]byte{0x81, 0x80 | byte(len(word)), 0, 0, 0, 0}, word...)
				conn.Write(frame)
				got := make([]byte, 2+len(word))
				if _, err := io.ReadFull(r, got); err != nil || string(got[2:]) != word {
					t.Fatalf("got %q, %v", got, err)
				}
			}
			conn.Close()
			line := s.line(t)
			if line.status != "101" || line.failure != "- -" || (line.took != "-") != c.asked {
				t.Errorf("line %+v", line)
			}
			if records := s.records.String(); records != "" {
				t.Errorf("records: %s", records)
			}
		})
	}
}

func TestARefusedUpgradeGetsAShortAnswer(t *testing.T) {
	t.Parallel()
	s := startChain(t, nobody, proxyTo(t, deadUpstream))
	_, r := dialChain(t, s, "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket")
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	line := s.line(t)
	if res.StatusCode != 502 || string(body) != "502\n" || line.status != "502" || line.failure != "connection_refused connect" || line.reference != res.Header.Get("X-Request-Id") {
		t.Errorf("status %d, body %q, line %+v", res.StatusCode, body, line)
	}
}

// eventsOf sends what comes in, until there is no more or nobody listens.
func eventsOf(next <-chan string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for {
			select {
			case event, more := <-next:
				if !more {
					return
				}
				fmt.Fprintf(w, "data: %s\n\n", event)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}
}

// TestTheChainPassesEventsOneByOne sends each event only after the one before was seen.
func TestTheChainPassesEventsOneByOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, fields string }{
		{"plain", ""},
		{"compressed", "\r\nAccept-Encoding: gzip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			next := make(chan string, 1)
			events := serve(t, eventsOf(next))
			s := startChain(t, nobody, proxyTo(t, events.URL))
			_, r := dialChain(t, s, "GET / HTTP/1.1\r\nAccept: text/event-stream"+c.fields)
			next <- "first"
			res, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			body := io.Reader(res.Body)
			if c.fields != "" {
				if body, err = gzip.NewReader(res.Body); err != nil {
					t.Fatal(err)
				}
			}
			lines := bufio.NewReader(body)
			for _, event := range []string{"first", "second", "third"} {
				if event != "first" {
					next <- event
				}
				if got, err := lines.ReadString('\n'); err != nil || got != "data: "+event+"\n" {
					t.Fatalf("got %q, %v", got, err)
				}
				lines.ReadString('\n')
			}
			close(next)
			rest, err := io.ReadAll(lines)
			line := s.line(t)
			if err != nil || len(rest) != 0 || line.status != "200" || line.failure != "- -" || line.took == "-" {
				t.Errorf("rest %q, %v, line %+v", rest, err, line)
			}
		})
	}
}

func TestAVisitorWhoLeftIsLoggedAs499(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	slow := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	s := startChain(t, nobody, proxyTo(t, slow.URL))
	conn, _ := dialChain(t, s, "GET / HTTP/1.1")
	<-arrived
	conn.Close()
	line := s.line(t)
	records := s.records.String()
	if line.status != "499" || line.bytes != "0" || line.reference == "-" || !strings.Contains(records, line.reference) || strings.Count(records, "\n") != 1 {
		t.Errorf("line %+v, records %s", line, records)
	}
	if !strings.Contains(records, `"level":"DEBUG"`) {
		t.Errorf("a visitor who leaves is no reason to wake anybody: %s", records)
	}
}

func TestTheChainPassesEarlyHintsAtOnce(t *testing.T) {
	t.Parallel()
	s := startChain(t, nobody, proxyTo(t, serve(t, workingUpstream()).URL))
	var hints []string
	trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
		hints = append(hints, fmt.Sprint(code, h["Link"]))
		return nil
	}}
	req, _ := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodGet, s.URL+"/hints", nil)
	req.Host = "shop.example.com"
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); string(body) != "ok" || err != nil || fmt.Sprint(hints) != "[103 [</style.css>; rel=preload]]" {
		t.Errorf("body %q, %v, hints %v", body, err, hints)
	}
}
