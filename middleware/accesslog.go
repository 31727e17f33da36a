package middleware

import (
	"cmp"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gorilla/handlers"
)

// AccessLog returns a handler that writes one line per request to out: the Combined Log
// Format, then error type, phase and reference of a failed exchange, and how long the
// upstream took until its answer began or failed; "-" where there is none. It belongs
// outside [Middleware.Wrap]. A panic of next gets its line too and goes on; an
// exchange cut off after it had started shows the status the visitor saw. Of a connection
// that was handed over the line comes when the handler returns, and counts no bytes.
func (m *Middleware) AccessLog(out io.Writer, next http.Handler) http.Handler {
	logged := handlers.CustomLoggingHandler(out, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// gorilla's logger has no defer: keep a panic until the line is written.
		x := exchangeOf(r.Context())
		defer func() {
			if v := recover(); v != nil {
				x.panicValue = &v
			}
		}()
		next.ServeHTTP(w, r)
	}), writeAccessLine)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := newExchange(m, r)
		logged.ServeHTTP(w, x.request(r))
		if x.panicValue != nil {
			panic(*x.panicValue)
		}
	})
}

func writeAccessLine(out io.Writer, p handlers.LogFormatterParams) {
	x := exchangeOf(p.Request.Context())
	status, size := p.StatusCode, int64(p.Size)
	if x.wrapped() && x.w.phase != fresh {
		// Ours is right also for interim statuses, ReadFrom and hijacked connections.
		status, size = int(x.w.status), x.w.out
	}
	switch {
	case x.incident != nil && x.incident.Gone():
		status, size = statusClientClosed, 0 // most likely; nobody can tell
	case x.panicValue != nil && (!x.wrapped() || x.w.untouched()) && p.Size == 0:
		status = http.StatusInternalServerError
	}
	if p.Request.Method == http.MethodHead {
		size = 0 // whatever the handler wrote
	}
	line := make([]byte, 0, 256)
	line = append(line, remoteHost(p.Request)...)
	line = append(line, " - - ["...)
	line = p.TimeStamp.AppendFormat(line, "02/Jan/2006:15:04:05 -0700")
	line = append(line, "] "...)
	line = append(line, '"')
	line = append(appendEscaped(line, p.Request.Method), ' ')
	line = append(appendEscaped(line, p.URL.RequestURI()), ' ')
	line = append(appendEscaped(line, p.Request.Proto), `" `...)
	line = strconv.AppendInt(line, int64(status), 10)
	line = append(line, ' ')
	line = strconv.AppendInt(line, size, 10)
	line = append(line, ' ')
	line = appendQuoted(line, p.Request.Referer())
	line = append(line, ' ')
	line = appendQuoted(line, p.Request.UserAgent())
	line = append(line, ' ')
	line = append(appendFailure(line, x), '\n')
	_, _ = out.Write(line)
}

// appendFailure appends error type, phase, reference and the upstream's time.
func appendFailure(line []byte, x *exchange) []byte {
	kind, phase, reference, took := "-", "-", "-", "-"
	if i := x.incident; i != nil {
		reference = i.Reference
		kind = cmp.Or(string(i.Type), kind)
		phase = cmp.Or(string(i.Phase), phase)
	}
	if total := x.recorder.Total(); total > 0 {
		took = total.Round(time.Microsecond).String()
	}
	return append(line, kind+" "+phase+" "+reference+" "+took...)
}

// appendQuoted writes a value that a client chose between quotes.
func appendQuoted(line []byte, value string) []byte {
	return append(appendEscaped(append(line, '"'), cmp.Or(value, "-")), '"')
}

// appendEscaped writes a value that a client chose: quotes, backslashes and control bytes
// escaped, so that nobody can forge a line, and in at most maxShown bytes.
func appendEscaped(line []byte, value string) []byte {
	start, size := len(line), min(len(value), maxShown)
	for {
		line = strconv.AppendQuoteToASCII(line[:start], value[:size])
		if long := len(line) - start - 2; long > maxShown {
			size = size * maxShown / long
			continue
		}
		whole := wholeRunes(value, size)
		if whole == size {
			break
		}
		size = whole
	}
	line = append(line[:start], line[start+1:len(line)-1]...)
	if size < len(value) {
		line = append(line, "..."...)
	}
	return line
}

// wholeRunes is size, or less where a cut there would split a rune.
func wholeRunes(value string, size int) int {
	for i := size - 1; i >= 0 && i > size-utf8.UTFMax; i-- {
		if !utf8.RuneStart(value[i]) {
			continue
		}
		if _, width := utf8.DecodeRuneInString(value[i:]); i+width > size {
			return i
		}
		break
	}
	return size
}

func remoteHost(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return "-"
}
