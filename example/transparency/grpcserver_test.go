package transparency

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // a compressor that both ends know
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// speech is a service without generated code: its messages are well-known types.
var speech = grpc.ServiceDesc{
	ServiceName: "transparency.Speech",
	HandlerType: (*any)(nil),
	Streams: []grpc.StreamDesc{
		{StreamName: "Echo", Handler: echo, ServerStreams: true, ClientStreams: true},
		{StreamName: "Count", Handler: count, ServerStreams: true},
		{StreamName: "Join", Handler: join, ClientStreams: true},
		{StreamName: "Refuse", Handler: refuse, ServerStreams: true},
		{StreamName: "BreakOff", Handler: breakOff, ServerStreams: true},
		{StreamName: "Silence", Handler: silence, ServerStreams: true},
	},
}

// echo sends every message back, and metadata before and behind them.
func echo(_ any, s grpc.ServerStream) error {
	if err := s.SetHeader(metadata.Pairs("x-head", "1", "x-raw-bin", "\x00\xff")); err != nil {
		return err
	}
	for n := 0; ; n++ {
		m := new(wrapperspb.StringValue)
		if err := s.RecvMsg(m); err != nil {
			s.SetTrailer(metadata.Pairs("x-messages", fmt.Sprint(n)))
			return onlyFaults(err)
		}
		if err := s.SendMsg(m); err != nil {
			return err
		}
	}
}

func onlyFaults(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func count(_ any, s grpc.ServerStream) error {
	if err := s.RecvMsg(new(wrapperspb.StringValue)); err != nil {
		return err
	}
	for i := range 20 {
		if err := s.SendMsg(wrapperspb.String(fmt.Sprint(i))); err != nil {
			return err
		}
	}
	return nil
}

func join(_ any, s grpc.ServerStream) error {
	var all []string
	for {
		m := new(wrapperspb.StringValue)
		if err := s.RecvMsg(m); err != nil {
			return errors.Join(onlyFaults(err), s.SendMsg(wrapperspb.String(strings.Join(all, ", "))))
		}
		all = append(all, m.Value)
	}
}

// refuse ends with a status that has details, and no message before it.
func refuse(_ any, s grpc.ServerStream) error {
	s.SetTrailer(metadata.Pairs("x-why", "because"))
	return refusal()
}

func breakOff(_ any, s grpc.ServerStream) error {
	for i := range 3 {
		if err := s.SendMsg(wrapperspb.Int32(int32(i))); err != nil {
			return err
		}
	}
	return refusal()
}

func refusal() error {
	st, err := status.New(codes.FailedPrecondition, "not today: 100 % + é").WithDetails(wrapperspb.String("a detail"), wrapperspb.Int64(7))
	if err != nil {
		return err
	}
	return st.Err()
}

// silence says nothing for three times the limit that the silent tests set.
func silence(_ any, s grpc.ServerStream) error {
	if err := s.SendMsg(wrapperspb.String("before")); err != nil {
		return err
	}
	wait(s.Context(), 3*stallLimit)
	return s.SendMsg(wrapperspb.String("after"))
}

// newGRPCStand puts a gRPC server up, and gateways in front of it.
func newGRPCStand(t *testing.T, w wiring) *stand {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 1)
	server := grpc.NewServer(grpc.StreamInterceptor(func(srv any, s grpc.ServerStream, info *grpc.StreamServerInfo, h grpc.StreamHandler) error {
		recorded := &recordedStream{ServerStream: s}
		err := h(srv, recorded)
		seen <- fmt.Sprint(info.FullMethod, fields(s.Context()), recorded.log, err)
		return err
	}))
	server.RegisterService(&speech, nil)
	go func() { _ = server.Serve(l) }() // ends with Stop
	t.Cleanup(server.Stop)
	s := &stand{seen: func(t *testing.T) string {
		select {
		case view := <-seen:
			return view
		case <-t.Context().Done():
			return "nothing"
		}
	}}
	config := clocks
	if w.config != nil {
		config = *w.config
	}
	s.front(t, w.front, config, proxyTo(t, "http://"+l.Addr().String(), h2c, nil))
	return s
}

// fields are the metadata that came with a call.
func fields(ctx context.Context) string {
	md, _ := metadata.FromIncomingContext(ctx)
	delete(md, "grpc-timeout") // is what is left of it
	return fmt.Sprint(md)
}

// A recordedStream keeps which messages came in.
type recordedStream struct {
	grpc.ServerStream
	log []string
}

func (s *recordedStream) RecvMsg(m any) error {
	err := s.ServerStream.RecvMsg(m)
	s.log = append(s.log, content([]byte(fmt.Sprint(m))), fmt.Sprint(err))
	return err
}
