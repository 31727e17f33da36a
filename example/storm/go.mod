module github.com/fiveohtwo/fiveohtwo/example/storm

go 1.26.0
