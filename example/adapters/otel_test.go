package adapters

import (
	"net/http"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// traced starts a span around next, as the instrumentation of a server does.
func traced(tracer trace.Tracer, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := tracer.Start(r.Context(), "GET", trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func TestOpenTelemetryTellsTheSpan(t *testing.T) {
	working := serve(t, shop(nil))
	cases := []struct {
		name, upstream string
		errorType      string
		status         codes.Code
		events         int
	}{
		{"a failure marks the span", deadUpstream, "connection_refused", codes.Error, 1},
		{"an answer that works leaves it alone", working.URL, "", codes.Unset, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			spans := tracetest.NewSpanRecorder()
			provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
			mw := newMiddleware(t, middleware.Config{OnFailure: TraceFailure})
			gateway := serve(t, traced(provider.Tracer("gateway"), mw.Proxy(proxyTo(t, parse(t, c.upstream)))))
			front{address: gateway.URL}.get(t, "/cart", browser)
			gateway.Close() // waits until the span has ended

			if n := len(spans.Ended()); n != 1 {
				t.Fatalf("%d spans, want 1", n)
			}
			span := spans.Ended()[0]
			attributes := attribute.NewSet(span.Attributes()...)
			got, _ := attributes.Value("error.type")
			if got.AsString() != c.errorType || span.Status().Code != c.status || len(span.Events()) != c.events {
				t.Errorf("got error.type %q, %v, events %v", got.AsString(), span.Status(), span.Events())
			}
		})
	}
}
