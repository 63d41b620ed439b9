// Command ferretdb is the MongoDB-compatible server of Pealbell's tests: FerretDB 1.x with its SQLite handler,
// behind a gate that makes every write atomic.
//
// It prints its URL when it listens, and ends when its standard input does: a server cannot outlive its test.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "where to listen")
	data := flag.String("data", "", "an existing directory for the data")
	flag.Parse()
	// Many short-lived documents: memory is cheaper than the processor here.
	debug.SetGCPercent(400)

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	if err := serve(ctx, *listen, *data); err != nil {
		log.Fatal(err)
	}
}

func serve(ctx context.Context, listen, data string) error {
	// The socket is not in the data directory: its path may not be longer than 108 bytes.
	sockets, err := os.MkdirTemp("", "ferretdb-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(sockets)
	socket := filepath.Join(sockets, "socket")

	db, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{Unix: socket},
		Handler:  "sqlite",
		// A commit survives the end of the process without a flush; only the machine's end could lose it.
		SQLiteURL: "file:" + data + "/?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)",
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	front, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	go pass(front, socket)
	fmt.Printf("mongodb://%s/\n", front.Addr())
	return db.Run(ctx)
}
