package adapters

import (
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// TraceFailure is a Config.OnFailure: it writes the failure into the span of the request.
// The span must have been started outside the middleware; it is still open then.
func TraceFailure(r *http.Request, i *middleware.Incident) {
	span := trace.SpanFromContext(r.Context())
	span.AddEvent("upstream failed", trace.WithAttributes(
		attribute.String("gateway.reference", i.Reference), // what the visitor sees and may tell
		attribute.String("gateway.phase", string(i.Phase)),
		attribute.String("gateway.party", string(i.Party)),
		attribute.String("gateway.outcome", string(i.Outcome)),
		attribute.String("gateway.hint", i.Hint),
	))
	if i.Status < http.StatusInternalServerError {
		return // the visitor's own fault, or the visitor left
	}
	if i.Type != "" {
		span.SetAttributes(attribute.String("error.type", string(i.Type)))
	}
	span.SetStatus(codes.Error, i.Hint)
}
