package drillthrough

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

const maxBody = 64 << 10 // bytes that are read of a body

// read reads a bounded part of the answer's body.
func (s step) read(res *http.Response, facts diagnosis.Facts) *Link {
	began := time.Now()
	body := &Body{Declared: res.ContentLength}
	if kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); kind == "text/event-stream" {
		link := held(LinkBody, 0)
		link.Body = body
		link.Notes = append(link.Notes, "a stream of events, which is not read")
		return &link
	}
	n, err := await(s.ctx, func() (int64, error) { return io.CopyN(io.Discard, res.Body, maxBody+1) }, func(int64) {})
	body.Bytes, body.Complete = n, errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF)
	link := held(LinkBody, time.Since(began))
	link.Body = body
	switch {
	case err == nil:
		link.Notes = append(link.Notes, fmt.Sprintf("more than %d KiB: the rest is not read", maxBody>>10))
	case body.Complete:
		if res.ContentLength < 0 && res.ProtoMajor == 1 && len(res.TransferEncoding) == 0 {
			link.Notes = append(link.Notes, "only the close of the connection tells its end")
		}
	case n > 0 && res.ContentLength < 0 && s.outer.Err() == nil && s.ctx.Err() != nil:
		link.warn(fmt.Sprintf("the body does not end within %v: a stream, or it has stalled", s.limit))
	default:
		facts.InBody = true
		link.Result, link.Fault = Broken, s.fault(err, facts)
	}
	return &link
}
