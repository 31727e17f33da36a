package diagnosis

import (
	"errors"
	"io"
	"net/http"
	"os"
)

// ofBody names a fault of the visitor's own request body.
func ofBody(f Facts) Diagnosis {
	d := Diagnosis{Type: HTTPRequestError, Status: http.StatusBadRequest, Phase: Send, Party: Network, Outcome: f.outcome()}
	tooBig, ok := errors.AsType[*http.MaxBytesError](f.BodyErr)
	switch {
	case ok:
		d.Status, d.Party, d.Limit = http.StatusRequestEntityTooLarge, Visitor, tooBig.Limit
		return d.hint("the request body is larger than the gateway's limit")
	case errors.Is(f.BodyErr, os.ErrDeadlineExceeded): // before the context: the server ends that too
		d.Status = http.StatusRequestTimeout
		return d.hint("the visitor sent the request body too slowly for the server's ReadTimeout")
	case f.gone(), errors.Is(f.BodyErr, io.ErrUnexpectedEOF), isReset(f.BodyErr):
		return Diagnosis{Party: Visitor, Phase: Send, Outcome: f.outcome()}
	}
	return d.hint("the visitor's request body could not be read: its chunked framing is broken, or the line cut it")
}
