module github.com/fiveohtwo/fiveohtwo/example/exporttest

go 1.26.0
