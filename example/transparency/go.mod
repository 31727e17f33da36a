module github.com/fiveohtwo/fiveohtwo/example/transparency

go 1.26.0

replace github.com/fiveohtwo/fiveohtwo => ../..

require (
	github.com/coder/websocket v1.8.14
	github.com/fiveohtwo/fiveohtwo v0.0.0-00010101000000-000000000000
	github.com/quic-go/quic-go v0.65.0
	golang.org/x/net v0.56.0
	google.golang.org/grpc v1.76.0
	google.golang.org/protobuf v1.36.6
)

require (
	github.com/a-h/templ v0.3.1020 // indirect
	github.com/dunglas/httpsfv v1.1.2 // indirect
	github.com/felixge/httpsnoop v1.0.3 // indirect
	github.com/gorilla/handlers v1.5.2 // indirect
	github.com/quic-go/qpack v0.6.0 // indirect
	golang.org/x/crypto v0.54.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20250804133106-a7a43d27e69b // indirect
)
