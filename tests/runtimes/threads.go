// Goroutines, tickers, garbage, panics that signals raise, a signal, a preempted loop, a child.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func caught(f func()) {
	defer func() { fmt.Println(recover()) }()
	f()
}

func main() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	n, sum, order := 0, 0, make(chan int, 20)
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			for k := 0; k < 300; k++ {
				mu.Lock()
				n += i
				mu.Unlock()
			}
			order <- i
		}(i)
	}
	wg.Wait()
	for i := 0; i < 20; i++ {
		sum = sum*3 + <-order
	}
	fmt.Println(n, sum)
	t := time.NewTicker(2 * time.Millisecond)
	for i := 0; i < 5; i++ {
		<-t.C
	}
	t.Stop()
	var keep [][]byte
	for i := 0; i < 1000; i++ {
		keep = append(keep, make([]byte, 20000))
		if len(keep) > 50 {
			keep = nil
		}
	}
	runtime.GC()
	caught(func() { var p *int; fmt.Println(*p) })
	caught(func() { fmt.Println(1 / (n - 57000)) })
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println(<-c)
	go func() {
		for i := 0; ; i++ {
		}
	}()
	time.Sleep(time.Millisecond)
	out, err := exec.Command("echo", "sub").Output()
	fmt.Println(string(out), err, time.Now().UnixNano())
}
