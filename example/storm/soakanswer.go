package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
)

// maxKept is how much of a body is kept to be looked at; of the rest, length and checksum.
const maxKept = 256 << 10

// A soakAnswer is an answer that was read to its end, or to where it broke off.
type soakAnswer struct {
	*http.Response
	kept   []byte
	size   int64
	sum    uint32
	broken error
}

// readAnswer reads at most limit bytes of the body; 0: all.
func readAnswer(res *http.Response, limit int64) *soakAnswer {
	a, sum := &soakAnswer{Response: res}, crc32.NewIEEE()
	body := io.Reader(res.Body)
	if limit > 0 {
		body = io.LimitReader(body, limit)
	}
	buf := make([]byte, 16<<10)
	for {
		n, err := body.Read(buf)
		a.size += int64(n)
		_, _ = sum.Write(buf[:n])
		a.kept = append(a.kept, buf[:min(n, maxKept-len(a.kept))]...)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				a.broken = err
			}
			a.sum = sum.Sum32()
			return a
		}
	}
}

// wrong tells what is not right with an answer.
func (c *soakCase) wrong(a *soakAnswer) string {
	switch {
	case a.StatusCode != c.status:
		return fmt.Sprintf("%s: status %d", c.name, a.StatusCode)
	case c.leaves > 0:
		return ""
	case c.broken && a.broken == nil:
		return c.name + ": the visitor cannot see that it is not all"
	case !c.broken && a.broken != nil:
		return c.name + ": broke off: " + reason(a.broken)
	case c.page:
		if what := c.wrongPage(a); what != "" {
			return c.name + ": " + what
		}
	case c.broken && a.size <= c.size: // how much had been passed on is not certain
	case c.size > 0 && (a.size != c.size || a.sum != c.sum), c.size == 0 && string(a.kept) != c.text:
		return fmt.Sprintf("%s: another body, of %d bytes", c.name, a.size)
	}
	return ""
}

func (c *soakCase) wrongPage(a *soakAnswer) string {
	reference := a.Header.Get("X-Request-Id")
	switch {
	case errorOf(a.Header.Get("Proxy-Status")) != c.error && c.error != "":
		return "error " + errorOf(a.Header.Get("Proxy-Status"))
	case a.Header.Get("Content-Type") != accepts[c.form].contentType && !c.isProblem(a):
		return "form " + a.Header.Get("Content-Type") + " for " + c.form
	case a.Header.Get("Content-Language") != c.language:
		return "another language than was asked for"
	case !hasReference([]byte(reference)) || !bytes.Contains(a.kept, []byte(reference)):
		return "the reference is missing in the " + c.form
	case !complete(c.form, a.kept):
		return "the " + c.form + " is not complete"
	}
	return ""
}

// isProblem: who asks for JSON may get its more exact form.
func (c *soakCase) isProblem(a *soakAnswer) bool {
	return c.form == "json" && a.Header.Get("Content-Type") == "application/problem+json"
}

func complete(form string, body []byte) bool {
	switch form {
	case "html":
		return bytes.HasPrefix(body, []byte("<!doctype html>")) && bytes.HasSuffix(bytes.TrimSpace(body), []byte("</html>"))
	case "json":
		return json.Valid(body)
	}
	return bytes.HasSuffix(body, []byte("\n"))
}
