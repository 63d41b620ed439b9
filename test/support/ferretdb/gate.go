package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"net"
	"sync"
)

// FerretDB reads a document, changes it and writes it back without a lock. MongoDB promises that a change of one
// document is atomic, so the gate lets one command that writes through at a time, over all connections.
var writing sync.Mutex

const (
	headerBytes = 16
	maxBytes    = 48_000_000
	opMsg       = 2013
	moreToCome  = 2
)

// writers are the commands that change data or the catalogue.
var writers = map[string]bool{
	"insert": true, "update": true, "delete": true, "findAndModify": true, "findandmodify": true,
	"create": true, "createIndexes": true, "drop": true, "dropDatabase": true, "dropIndexes": true,
	"collMod": true, "renameCollection": true,
}

// pass forwards every connection to the server behind the socket.
func pass(front net.Listener, socket string) {
	for {
		client, err := front.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer client.Close()
			if err := converse(client, socket); err != nil && !errors.Is(err, io.EOF) {
				log.Printf("connection ended: %v", err)
			}
		}()
	}
}

// converse carries one request and its reply at a time, as the protocol of a connection is.
func converse(client net.Conn, socket string) error {
	server, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	defer server.Close()
	for {
		request, err := readMessage(client)
		if err != nil {
			return err
		}
		reply, err := exchange(server, request)
		if err != nil {
			return err
		}
		if _, err := client.Write(reply); err != nil {
			return err
		}
	}
}

// exchange waits for the reply of a write even when its client is gone: a half-made write is nobody's.
func exchange(server net.Conn, request []byte) ([]byte, error) {
	if writes(request) {
		writing.Lock()
		defer writing.Unlock()
	}
	if _, err := server.Write(request); err != nil {
		return nil, err
	}
	reply, err := readMessage(server)
	if wantsNoReply(request) {
		// FerretDB replies all the same.
		return nil, err
	}
	return reply, err
}

func readMessage(from io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(length[:])
	if size < headerBytes || size > maxBytes {
		return nil, errors.New("a message of an impossible size")
	}
	message := make([]byte, size)
	copy(message, length[:])
	_, err := io.ReadFull(from, message[len(length):])
	return message, err
}

func writes(message []byte) bool {
	return writers[command(message)]
}

func wantsNoReply(message []byte) bool {
	return isOpMsg(message) && binary.LittleEndian.Uint32(message[headerBytes:])&moreToCome != 0
}

func isOpMsg(message []byte) bool {
	return len(message) >= headerBytes+4 && binary.LittleEndian.Uint32(message[12:]) == opMsg
}

// command is the name of an OP_MSG's command: the first key of its section of kind 0.
func command(message []byte) string {
	if !isOpMsg(message) {
		return ""
	}
	rest := message[headerBytes+4:]
	for len(rest) > 5 && rest[0] == 1 {
		size := int(binary.LittleEndian.Uint32(rest[1:]))
		if size < 4 || size > len(rest)-1 {
			return ""
		}
		rest = rest[1+size:]
	}
	const beforeName = 1 + 4 + 1
	if len(rest) <= beforeName || rest[0] != 0 {
		return ""
	}
	name, _, _ := bytes.Cut(rest[beforeName:], []byte{0})
	return string(name)
}
