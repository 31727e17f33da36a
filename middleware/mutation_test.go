package middleware_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

var mutations = flag.Int("mutations", 100, "random mutations of each case's bytes")

// canary is put into every mutated answer: it must not be seen where we answer.
const canary = "zqxj7"

// TestMutatedAnswers changes the bytes of each plain-HTTP case at random. Whatever comes,
// nothing panics, an answer that net/http itself would not read to its end never reaches
// the visitor as a complete one, and nothing of it gets into our own answers.
func TestMutatedAnswers(t *testing.T) {
	takesLong(t)
	t.Parallel()
	for _, c := range upstreamtest.Cases() {
		base := bytesOf(t, c)
		if len(base) == 0 {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			m := newMutant(t)
			random := rand.New(rand.NewPCG(uint64(len(base)), uint64(len(c.Name))))
			for i := range *mutations {
				answer := mutate(random, base)
				if fault := m.exchange(t, answer); fault != "" {
					t.Fatalf("mutation %d of %s: %s\nupstream: %.600q", i, c.Name, fault, answer)
				}
			}
			t.Logf("%d mutations: %d of our answers, %d passed, %d cut off", *mutations, m.ours, m.passed, m.cut)
		})
	}
}

// bytesOf asks the upstream of a case directly and returns what it sends.
func bytesOf(t *testing.T, c upstreamtest.Case) []byte {
	t.Helper()
	u, err := upstreamtest.Start(c.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if u.URL.Scheme != "http" {
		return nil
	}
	conn, err := net.DialTimeout("tcp", u.URL.Host, 100*time.Millisecond)
	if err != nil {
		return nil
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(100 * time.Millisecond))
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	sent, _ := io.ReadAll(io.LimitReader(conn, 16<<10))
	return sent
}

// mutate changes up to five places and plants the canary in one.
func mutate(random *rand.Rand, base []byte) []byte {
	b := bytes.Clone(base)
	pieces := []string{"\r\n", "\n", ":", " ", "\x00", "0", "9", "HTTP/1.1 ", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "<b>", "\xff", "100", "\r\n\r\n"}
	for range 1 + random.IntN(5) {
		at := random.IntN(len(b) + 1)
		switch random.IntN(4) {
		case 0: // insert
			b = append(b[:at:at], append([]byte(pieces[random.IntN(len(pieces))]), b[at:]...)...)
		case 1: // delete
			end := min(len(b), at+1+random.IntN(8))
			b = append(b[:at:at], b[end:]...)
		case 2: // change one byte
			if at < len(b) {
				b[at] = byte(random.IntN(256))
			}
		case 3: // cut the end off
			if random.IntN(4) == 0 {
				b = b[:at]
			}
		}
	}
	at := random.IntN(len(b) + 1)
	return append(b[:at:at], append([]byte(canary), b[at:]...)...)
}

// A mutant is a gateway whose upstream answers whatever it is told to.
type mutant struct {
	gateway           string
	answer            atomic.Pointer[[]byte]
	client            *http.Transport
	ours, passed, cut int
}

func newMutant(t *testing.T) *mutant {
	t.Helper()
	m := &mutant{client: &http.Transport{DisableCompression: true}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = conn.Write(*m.answer.Load())
			}
			conn.Close()
		}
	}()
	mw := newMiddleware(t, middleware.Config{})
	m.gateway = serve(t, mw.Proxy(proxyTo(t, "http://"+listener.Addr().String()))).URL
	t.Cleanup(m.client.CloseIdleConnections)
	return m
}

// exchange sends one request and returns what is wrong with the answer.
func (m *mutant) exchange(t *testing.T, answer []byte) (fault string) {
	m.answer.Store(&answer)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.gateway, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	res, err := m.client.RoundTrip(req)
	var body []byte
	if err == nil {
		body, err = io.ReadAll(res.Body)
		res.Body.Close()
	}
	switch {
	case err != nil:
		m.cut++
		return ""
	case strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'"):
		m.ours++
		return leakOf(res, body)
	}
	m.passed++
	if sound := readsWhole(answer); sound != "" {
		return fmt.Sprintf("a complete answer with status %d, but net/http: %s", res.StatusCode, sound)
	}
	return ""
}

func leakOf(res *http.Response, body []byte) string {
	var header bytes.Buffer
	_ = res.Header.Write(&header)
	if strings.Contains(header.String(), canary) || bytes.Contains(body, []byte(canary)) {
		return "the upstream's bytes are in our answer"
	}
	if !bytes.HasPrefix(body, []byte(page)) || !bytes.HasSuffix(body, []byte("</html>")) {
		return fmt.Sprintf("no whole page: %.80q", body)
	}
	return ""
}

// readsWhole says why net/http would not take the bytes as a whole answer. Statuses from
// 600 on pass: valid answers of public test suites have them.
func readsWhole(answer []byte) string {
	r := bufio.NewReader(bytes.NewReader(answer))
	for {
		res, err := http.ReadResponse(r, &http.Request{Method: http.MethodGet})
		if err != nil {
			return err.Error()
		}
		if _, err := io.ReadAll(res.Body); err != nil {
			return err.Error()
		}
		switch {
		case res.StatusCode < 100 || res.StatusCode == http.StatusSwitchingProtocols:
			return fmt.Sprintf("status %d", res.StatusCode)
		case res.StatusCode >= 200:
			return ""
		}
	}
}
