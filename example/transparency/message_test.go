package transparency

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http/httputil"
	"strconv"
	"strings"
)

// A head is what the head of an HTTP/1.1 message says of its body.
type head struct {
	text    string // as it came, but for Date
	status  int    // 0: a request
	length  int64  // -1: not said
	chunked bool
}

func (h head) interim() bool { return h.status >= 100 && h.status < 200 && h.status != 101 }

func (h head) bodyless(method string) bool {
	return h.status == 101 || h.interim() || h.status == 204 || h.status == 304 || h.status > 0 && method == "HEAD"
}

func readHead(r *bufio.Reader) (head, error) {
	h := head{length: -1}
	var text strings.Builder
	for n := 0; ; n++ {
		line, err := r.ReadString('\n')
		if err != nil {
			return head{text: text.String() + line}, err
		}
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimSpace(value)
		switch {
		case n == 0 && strings.HasPrefix(line, "HTTP/"):
			h.status, _ = strconv.Atoi(line[9:12])
		case strings.EqualFold(name, "Content-Length"):
			h.length, _ = strconv.ParseInt(value, 10, 64)
		case strings.EqualFold(name, "Transfer-Encoding"):
			h.chunked = value == "chunked"
		}
		if name != "Date" {
			text.WriteString(line)
		}
		if line == "\r\n" {
			h.text = text.String()
			return h, nil
		}
	}
}

// readMessage reads a message to its end. What it returns are the bytes, but for the
// frames of chunks: where those are cut depends on time. Trailers are as they came.
func readMessage(r *bufio.Reader, method string) (head, error) {
	h, err := readHead(r)
	if err != nil || h.bodyless(method) {
		return h, err
	}
	var body io.Reader = r // until the connection ends
	switch {
	case h.chunked:
		body = httputil.NewChunkedReader(r)
	case h.length >= 0:
		body = io.LimitReader(r, h.length)
	case h.status == 0:
		return h, nil
	}
	data, err := io.ReadAll(body)
	h.text += content(data)
	for line := ""; h.chunked && err == nil && line != "\r\n"; {
		line, err = r.ReadString('\n')
		h.text += line
	}
	return h, err
}

// content shows a body whole, or of a long one how long it is and its hash.
func content(data []byte) string {
	if len(data) > 300 {
		return fmt.Sprintf("(%d bytes, SHA-256 %x)\n", len(data), sha256.Sum256(data))
	}
	return fmt.Sprintf("(%d bytes) %s\n", len(data), data)
}

// messages reads all the requests that a client sent.
func messages(data []byte) string {
	var out strings.Builder
	for r := bufio.NewReader(bytes.NewReader(data)); ; {
		m, err := readMessage(r, "")
		out.WriteString(m.text)
		if err == io.EOF && m.text == "" {
			return out.String()
		}
		if err != nil {
			fmt.Fprintf(&out, "(%v)", err)
			return out.String()
		}
	}
}
