package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
)

const (
	start  = "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: storm; error=connection_refused\r\nContent-Length: 9\r\n"
	asJSON = "Content-Type: application/json\r\n"
	whole  = start + asJSON + "Content-Language: de\r\n\r\n7KQ2-M9XD"
)

// Each storm is one request and its answer. What is not right must be counted.
func TestWhatIsNotRightIsCounted(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		reconnects   bool
		errors       string // the one client error
		wrong        string // what is wrong with the one answer
	}{
		{"the right answer", whole, false, "", ""},
		{"the right answer and the end of the connection", whole, true, "", ""},
		{"nothing", "", false, "head: unexpected EOF", ""},
		{"half a head", whole[:40], false, "head: unexpected EOF", ""},
		{"half a body", whole[:len(whole)-3], false, "body: unexpected EOF", ""},
		{"no HTTP", "SSH-2.0-OpenSSH\r\n", false, `head: malformed HTTP response "SSH-2.0-OpenSSH"`, ""},
		{"more than the answer", whole + "x", false, "end: more bytes than the answer has", ""},
		{"more than the last answer", whole + "x", true, "end: more bytes than the answer has", ""},
		{"another status", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", false, "", "status 500 Internal Server Error for /refuses"},
		{"an answer of the upstream, which is dead", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, "", "status 200 OK for /refuses"},
		{"another error", "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: storm; error=dns_error; rcode=NXDOMAIN\r\nContent-Length: 0\r\n\r\n", false, "", "error dns_error for /refuses"},
		{"no reference", start + "\r\n7KQ2+M9XD", false, "", "no reference"},
		{"text for JSON", start + "\r\n7KQ2-M9XD", false, "", "another form than was asked for"},
		{"English for German", start + asJSON + "\r\n7KQ2-M9XD", false, "", "another language than was asked for"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := answerAll(t, c.answer)
			o := options{upstream: "dead", connections: 1, forms: []string{"json"}, languages: []string{"de"}}
			requests, counted := requestsOf(o, address), newTally()
			client := &client{address: address, reconnects: c.reconnects}
			defer client.disconnect()
			p := newPace(0)
			due, _ := p.next(t.Context())
			if err := client.exchange(t.Context(), &requests[0], due, counted); err != nil {
				counted.fail(err)
			}
			wantOnly(t, "client errors", counted.errors, c.errors)
			wantOnly(t, "wrong answers", counted.wrong, c.wrong)
		})
	}
}

func wantOnly(t *testing.T, what string, counts map[string]int, want string) {
	t.Helper()
	if want == "" && len(counts) > 0 || want != "" && (len(counts) != 1 || counts[want] != 1) {
		t.Errorf("%s: %v, want %q", what, counts, want)
	}
}

// answerAll answers each request with the bytes and ends the connection.
func answerAll(t *testing.T, answer string) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.WriteString(conn, answer)
			}
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

func TestNobodyThereIsAConnectionError(t *testing.T) {
	dead, err := startDead()
	if err != nil {
		t.Fatal(err)
	}
	defer dead.stop()
	err = (&client{address: dead.address}).connect(t.Context())
	if err == nil || err.Error() != "connect: connection refused" {
		t.Errorf("%v", err)
	}
}

func TestHasReference(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       bool
	}{
		{"alone", "7KQ2-M9XD", true},
		{"in a sentence", "Please give the reference 7KQ2-M9XD.", true},
		{"after other dashes", "max-width - 12-7KQ2-M9XD", true},
		{"in JSON", `{"reference":"7KQ2-M9XD"}`, true},
		{"nothing", "", false},
		{"too short", "7KQ2-M9X", false},
		{"cut off before", "KQ2-M9XD", false},
		{"lower case, as in styles", "grid-template auto-fill", false},
		{"a date", "2026-11-25", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := hasReference([]byte(c.body)); got != c.want {
				t.Errorf("%t", got)
			}
		})
	}
}
