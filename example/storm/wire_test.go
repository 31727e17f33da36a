package main

import (
	"strings"
	"testing"
	"time"
)

func TestWire(t *testing.T) {
	const head = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\n"
	for _, c := range []struct {
		name, answer string
		status       int
		body         string
		closes       bool
		err          string
	}{
		{"an answer", head + "Content-Length: 4\r\n\r\nbody", 502, "body", false, ""},
		{"names in lower case", head + "content-length: 4\r\n\r\nbody", 502, "body", false, ""},
		{"no body", head + "Content-Length: 0\r\n\r\n", 502, "", false, ""},
		{"a body that looks like a head", head + "Content-Length: 8\r\n\r\nx\r\n\r\ny\r\n", 502, "x\r\n\r\ny\r\n", false, ""},
		{"a long body", head + "Content-Length: 100000\r\n\r\n" + strings.Repeat("0123456789", 10000), 502, strings.Repeat("0123456789", 10000), false, ""},
		{"the last answer", head + "Connection: close\r\nContent-Length: 4\r\n\r\nbody", 502, "body", true, ""},
		{"nothing", "", 0, "", false, "head: unexpected EOF"},
		{"half a head", head, 0, "", false, "head: unexpected EOF"},
		{"half a body", head + "Content-Length: 4\r\n\r\nbo", 0, "", false, "body: unexpected EOF"},
		{"more than the answer", head + "Content-Length: 4\r\n\r\nbody!", 0, "", false, "end: more bytes than the answer has"},
		{"no length", head + "\r\nbody", 0, "", false, "head: no Content-Length"},
		{"a length that is none", head + "Content-Length: many\r\n\r\n", 0, "", false, "head: no Content-Length"},
		{"a negative length", head + "Content-Length: -1\r\n\r\n", 0, "", false, "head: no Content-Length"},
		{"longer than any page", head + "Content-Length: 9000000\r\n\r\n" + strings.Repeat("0", 4<<20), 0, "", false, "body: longer than any page"},
		{"an endless head", head + strings.Repeat("x", 2<<20), 0, "", false, "head: longer than any page"},
		{"HTTP/1.0", "HTTP/1.0 502 Bad Gateway\r\n\r\n", 0, "", false, "head: no HTTP/1.1 answer"},
		{"another protocol", "SSH-2.0-OpenSSH\r\n\r\n", 0, "", false, "head: no HTTP/1.1 answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := answerAll(t, c.answer)
			w := &wire{}
			if err := w.connect(t.Context(), address, time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			defer w.disconnect()
			got, err := w.exchange(comparedRequest(address, "identity"))
			if c.err != "" {
				if err == nil || err.Error() != c.err {
					t.Errorf("error %v, want %s", err, c.err)
				}
				return
			}
			if err != nil || got.status != c.status || string(got.body) != c.body || got.closes != c.closes {
				t.Errorf("status %d, %d bytes, closes %t, error %v", got.status, len(got.body), got.closes, err)
			}
		})
	}
}

func TestDriveSeesWhatIsWrong(t *testing.T) {
	good := "<!doctype html>7KQ2-M9XD" + strings.Repeat(".", 1000) + "</html>"
	for _, c := range []struct {
		name   string
		own    bool
		status int
		body   string
		want   string
	}{
		{"the same bytes", false, 502, good, ""},
		{"a page of our own", true, 502, strings.Replace(good, "7KQ2", "AAAA", 1), ""},
		{"another status", false, 503, good, "status 503"},
		{"an answer of the upstream", false, 200, fineBody, ""},
		{"a part of the upstream's answer", false, 200, fineBody[1:], "another answer than the upstream's"},
		{"another length", false, 502, good + " ", "another length"},
		{"other bytes", false, 502, strings.Replace(good, "7KQ2", "AAAA", 1), "another body"},
		{"half of our page", true, 502, good[:len(good)/2], "another length"},
		{"our page without its end", true, 502, good[:len(good)-3], "the end of the page is missing"},
		{"our page without its beginning", true, 502, good[3:], "the beginning of the page is missing"},
		{"our page without a reference", true, 502, strings.Replace(good, "-", "+", 1), "no reference"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &drive{page: &page{status: 502, body: []byte(good)}, own: c.own, passes: []byte(fineBody)}
			if got := d.wrong(&rawAnswer{status: c.status, body: []byte(c.body)}, true); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
