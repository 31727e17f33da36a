package middleware

import (
	"net/http"
	"time"
)

const (
	// maxExtension is how long an answer of ours may take beyond the server's WriteTimeout.
	maxExtension = 5 * time.Second

	// maxReserve is how long before that an answer is made where nothing can be extended.
	maxReserve = time.Second
)

// extendWriteTimeout gives an answer time where the server's WriteTimeout is over, or nearly:
// over HTTP/1 a visitor would get an empty reply. Where the server sets none there is nothing
// to extend.
func (x *exchange) extendWriteTimeout(w http.ResponseWriter) {
	server := serverOf(x.r)
	if server == nil || server.WriteTimeout <= 0 || x.r.ProtoMajor != 1 {
		return
	}
	if left := server.WriteTimeout - x.mw.config.Now().Sub(x.started); left < maxExtension {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(maxExtension))
	}
}

// answerTime returns how much time there is until an answer must be made, as the server
// resets a stream whose WriteTimeout is over; 0: it does not. No answer can follow that.
func (x *exchange) answerTime() time.Duration {
	server := serverOf(x.r)
	if server == nil || server.WriteTimeout <= 0 || x.r.ProtoMajor < 2 {
		return 0
	}
	reserve := min(server.WriteTimeout/5, maxReserve)
	return max(1, server.WriteTimeout-reserve-x.mw.config.Now().Sub(x.started))
}
