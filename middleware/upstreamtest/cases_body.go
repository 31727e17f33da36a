package upstreamtest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// What the upstreams say of a body before it breaks.
const (
	partOfBody = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n" + hundred
	hundred    = "A hundred bytes of a thousand that were promised, and then nothing comes any more, nothing at all.\r\n"
	chunked    = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
	muchOfBody = 100_000 // of the million that headOfMuch announces: more than anybody holds back
)

func bodyCases() []Case {
	late := headOfMuch + strings.Repeat("x", muchOfBody)
	short := answered(diagnosis.HTTPResponseIncomplete, "content-length")
	reset := answered(diagnosis.ConnectionTerminated, "reset")
	stalled := site(diagnosis.ConnectionReadTimeout, 504, diagnosis.Receive, diagnosis.Answered, "body")
	return []Case{
		says("body_cut_short", "The upstream promises 1000 bytes, sends 100 and closes the connection.", partOfBody, short),
		says("body_cut_late", "The upstream closes the connection after a tenth of a large body.", late, short).cut(),
		{
			Name: "body_reset", Want: reset, start: serve("http", resetAfter(partOfBody)),
			About: "The upstream promises 1000 bytes, sends 100 and resets the connection.",
		},
		Case{
			Name: "body_reset_late", Want: reset, start: serve("http", resetAfter(late)),
			About: "The upstream resets the connection after a tenth of a large body.",
		}.cut(),
		{
			Name: "body_stalled", Want: stalled, start: serve("http", silenceAfter(partOfBody)), StallTimeout: Limit,
			About: "The upstream promises 1000 bytes, sends 100 and then nothing more.",
		},
		Case{
			Name: "body_stalled_late", Want: stalled, start: serve("http", silenceAfter(late)), StallTimeout: Limit,
			About: "The upstream sends a tenth of a large body and then nothing more.",
		}.cut(),
	}
}

// cut is c where no page can take the place of what was sent.
func (c Case) cut() Case {
	c.Cut = true
	return c
}

// chunkCases are bodies of unknown length, which nobody holds back.
func chunkCases() []Case {
	body := func(name, about, text string, t diagnosis.Type, hint string) Case {
		return says(name, about, chunked+text, answered(t, hint)).cut()
	}
	const (
		coding = diagnosis.HTTPResponseTransferCoding
		one    = "5\r\nhello\r\n"
	)
	many := strings.Repeat("400\r\n"+strings.Repeat("x", 0x400)+"\r\n", muchOfBody>>10)
	return []Case{
		body("chunk_malformed", "The upstream's chunked body begins with what is no chunk.", "not-a-size\r\n", coding, "chunk"),
		body("chunk_malformed_late", "The upstream's chunked body goes on with what is no chunk.", many+"not-a-size\r\n", coding, "chunk"),
		body("chunk_line_giant", "The upstream's chunked body has a line that is longer than any should be.",
			one+"5;"+strings.Repeat("x", 8<<10)+"\r\nhello\r\n0\r\n\r\n", coding, "chunk"),
		body("chunk_missing", "The upstream closes the connection before the last chunk of the body.",
			one, diagnosis.HTTPResponseIncomplete, "chunk"),
		body("trailer_malformed", "The upstream sends a trailer line without a colon.",
			one+"0\r\nthis is no trailer\r\n\r\n", diagnosis.HTTPProtocolError, "trailer"),
		body("http_response_trailer_section_size", "The upstream sends more trailer bytes than the gateway takes.",
			one+"0\r\nX-Much: "+strings.Repeat("x", 8<<10)+"\r\n\r\n", diagnosis.HTTPResponseTrailerSectionSize, "trailer"),
	}
}

// relayedCases are no faults on the way: the upstream itself says that something failed,
// and nothing more. What its own Proxy-Status says is told to the visitor, whose page is
// ours; in the field itself it is not ours to repeat as our own finding (RFC 9209 §2).
func relayedCases() []Case {
	var all []Case
	relayed := func(name, about string, status int, lines, hint string) {
		c := says(name, about, "HTTP/1.1 "+strconv.Itoa(status)+" "+http.StatusText(status)+
			"\r\nContent-Length: 0\r\nConnection: close\r\n"+lines+"\r\n", answered("", hint))
		c.Want.Status = status
		all = append(all, c)
	}
	for _, status := range []int{502, 503, 504} {
		text := strconv.Itoa(status)
		relayed("empty_"+text, "The upstream itself answers "+text+" and says nothing more.", status, "", "upstream")
	}
	relayed("empty_502_proxy_status", "The upstream is a gateway too, and says that its own look-up failed.",
		502, "Proxy-Status: inner; error=dns_error\r\n", "dns_error")
	all[len(all)-1].Want.Type = diagnosis.DNSError
	relayed("empty_503_retry_after", "The upstream itself answers 503 and says when to come back.",
		503, "Retry-After: 120\r\n", "upstream")
	all[len(all)-1].Want.RetryAfter = 120 * time.Second
	return all
}
