module github.com/fiveohtwo/fiveohtwo

go 1.26.0

require (
	github.com/a-h/templ v0.3.1020
	github.com/dunglas/httpsfv v1.1.2
	github.com/gorilla/handlers v1.5.2
	golang.org/x/text v0.43.0
)

require github.com/felixge/httpsnoop v1.0.3 // indirect
