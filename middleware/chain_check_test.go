package middleware_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// noise is n bytes that are always the same and do not get smaller by compression.
func noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(b)
	return b
}

// An accessLine is one line of the access log, taken apart.
type accessLine struct {
	visitor, status, bytes, failure, reference, took string
}

var accessPattern = regexp.MustCompile(`^(\S+) - - \[[^\]]+\] "[A-Z]+ [^ "]+ HTTP/1\.1" (\d+) (\d+) "-" "-" (\S+ \S+) (\S+) (\S+)\n$`)

// line waits for the next line: of a connection that was handed over, and of a visitor who
// left, it comes when nobody reads the answer any more.
func (c *wholeChain) line(t *testing.T) accessLine {
	t.Helper()
	select {
	case line := <-c.lines:
		parts := accessPattern.FindStringSubmatch(line)
		if parts == nil {
			t.Fatalf("no line of the access log: %q", line)
		}
		return accessLine{parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]}
	case <-time.After(10 * time.Second):
		t.Fatal("no line in the access log")
		return accessLine{}
	}
}

func checkAnswer(t *testing.T, c chainCase, got reply) {
	t.Helper()
	if body := decoded(got); got.status != c.status || !strings.HasPrefix(body, c.body) || (got.err != nil) != c.cut {
		t.Errorf("status %d, body %.60q, error %v; want %d, %.60q, cut off: %v", got.status, body, got.err, c.status, c.body, c.cut)
	}
	for want := range strings.SplitSeq(c.with, "|") {
		name, value, ok := strings.Cut(want, ": ")
		values := strings.Join(got.header.Values(name), ", ")
		switch {
		case !ok && !strings.Contains(got.body, want):
			t.Errorf("the body lacks %q", want)
		case ok && values != value && (value == "" || name != "Vary" || !strings.Contains(values, value)):
			t.Errorf("%s: got %q, want %q", name, values, value)
		}
	}
}

func checkLine(t *testing.T, c chainCase, got reply, line accessLine) {
	t.Helper()
	want := accessLine{
		visitor: defaultTo(c.from, "127.0.0.1"), status: itoa(c.status), bytes: itoa(len(got.body)),
		failure: defaultTo(c.failed, "- -"), reference: line.reference, took: line.took,
	}
	if c.logged != 0 {
		want.status = itoa(c.logged)
	}
	if sent, _ := strconv.Atoi(line.bytes); c.cut && sent >= len(got.body) {
		want.bytes = line.bytes // what was passed on to the server, which may not have sent the last of it
	}
	if line != want {
		t.Errorf("line %+v\nwant %+v", line, want)
	}
	if (line.took != "-") != c.asked {
		t.Errorf("the upstream took %q, asked: %v", line.took, c.asked)
	}
	if (line.reference != "-") != (c.failed != "") {
		t.Errorf("reference %q, failed: %q", line.reference, c.failed)
	}
}

// checkRecords wants one record per failure, whose reference is that of the line and, where
// there is an answer of ours, that of the answer.
func checkRecords(t *testing.T, c chainCase, got reply, line accessLine, records string) {
	t.Helper()
	want := 0
	if c.failed != "" {
		want = 1
	}
	if strings.Count(records, "\n") != want {
		t.Errorf("want %d records: %s", want, records)
		return
	}
	if want == 0 {
		return
	}
	var record struct{ Reference string }
	if err := json.Unmarshal([]byte(records), &record); err != nil || record.Reference != line.reference {
		t.Errorf("record %s (%v), line %+v", records, err, line)
	}
	ours := got.err == nil && got.status != 0
	if ours && got.header.Get("X-Request-Id") != line.reference {
		t.Errorf("the answer is %q, the line %q", got.header.Get("X-Request-Id"), line.reference)
	}
	if ours && got.status != http.StatusOK && c.method != http.MethodHead && !strings.Contains(got.body, line.reference) {
		t.Errorf("the body lacks %q", line.reference)
	}
}
