package main

import (
	"testing"
	"time"
)

const (
	start  = "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: storm; error=connection_refused\r\nContent-Length: 9\r\n"
	asJSON = "Content-Type: application/json\r\n"
	whole  = start + asJSON + "Content-Language: de\r\n\r\n7KQ2-M9XD"
)

// Each visit is one request and its answer. What is not right must be counted.
func TestWhatIsNotRightIsCounted(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		reconnects   bool
		error        string // of the connection
		wrong        string // what is wrong with the one answer
	}{
		{"the right answer", whole, false, "", ""},
		{"the right answer and the end of the connection", whole, true, "", ""},
		{"nothing", "", false, "head: unexpected EOF", ""},
		{"more than the last answer", whole + "x", true, "end: more bytes than the answer has", ""},
		{"another status", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", false, "", "status 500 for /refuses"},
		{"an answer of the upstream, which is dead", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, "", "status 200 for /refuses"},
		{"another error", "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: storm; error=dns_error; rcode=NXDOMAIN\r\nContent-Length: 0\r\n\r\n", false, "", "error dns_error for /refuses"},
		{"no reference", start + "\r\n7KQ2+M9XD", false, "", "no reference"},
		{"text for JSON", start + "\r\n7KQ2-M9XD", false, "", "another form than was asked for"},
		{"English for German", start + asJSON + "\r\n7KQ2-M9XD", false, "", "another language than was asked for"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options{upstream: "dead", connections: 1, forms: []string{"json"}, languages: []string{"de"}}
			if c.reconnects {
				o.reconnect = 100
			}
			v, counted := stormVisitors(o, answerAll(t, c.answer))[0], newTally()
			defer v.disconnect()
			wantError(t, v.visit(t.Context(), time.Now(), counted), c.error)
			if c.wrong == "" && len(counted.wrong) > 0 || c.wrong != "" && (len(counted.wrong) != 1 || counted.wrong[c.wrong] != 1) {
				t.Errorf("wrong answers: %v, want %q", counted.wrong, c.wrong)
			}
			if (counted.answers == 1) != (c.error == "") {
				t.Errorf("%d answers", counted.answers)
			}
		})
	}
}
