package exporttest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// An exchange is one request, and what must come back.
type exchange struct {
	name   string
	method string // empty: GET
	path   string
	fields []string // name, value, …
	body   string
	status int
	lang   string // of the page
}

// send writes the request by hand: a client would mend or refuse some of them.
func send(t *testing.T, address string, x exchange) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	method := x.method
	if method == "" {
		method = http.MethodGet
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n", method, x.path)
	for pair := range slices.Chunk(x.fields, 2) {
		fmt.Fprintf(&b, "%s: %s\r\n", pair[0], pair[1])
	}
	if x.body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(x.body))
	}
	b.WriteString("\r\n" + x.body)
	if _, err := io.WriteString(conn, b.String()); err != nil {
		t.Log(err) // a server may answer before it has read all
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(got)
}

// wantPage holds an answer against the page as it was written. Vary is only wanted where
// the server chooses.
func wantPage(t *testing.T, x exchange, res *http.Response, body string, chosen bool) {
	t.Helper()
	if res.StatusCode != x.status {
		t.Fatalf("status %d, want %d; body %.300q", res.StatusCode, x.status, body)
	}
	want := file(t, fmt.Sprintf("%s/%d.html", x.lang, x.status))
	if x.method == http.MethodHead {
		want = ""
	}
	if body != want {
		t.Errorf("%d bytes that are not %s/%d.html: %.120q", len(body), x.lang, x.status, body)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Content-Language": x.lang, "Cache-Control": "no-store",
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": policy(t),
	} {
		if got := res.Header.Values(name); len(got) != 1 || !strings.EqualFold(got[0], want) {
			t.Errorf("%s: %q, want just %q", name, got, want)
		}
	}
	if vary := strings.ToLower(strings.Join(res.Header.Values("Vary"), ",")); chosen && !strings.Contains(vary, "accept-language") {
		t.Errorf("Vary: %q", vary)
	}
	for _, name := range []string{"Retry-After", "ETag", "Last-Modified", "Content-Range"} {
		if got := res.Header.Values(name); len(got) != 0 {
			t.Errorf("%s: %q, want none", name, got)
		}
	}
}
