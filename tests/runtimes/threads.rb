# ruby: threads, a ractor, a signal, a time limit, garbage, fibers, a fork.
require 'timeout'

queue = Queue.new
mutex = Mutex.new
sum = 0
threads = 4.times.map { |i| Thread.new { 300.times { |k| mutex.synchronize { sum += k } }; queue << i } }
threads.each(&:join)
puts sum, 4.times.map { queue.pop }.inspect
puts Ractor.new { 10.times.sum { |x| x * x } }.take
got = 0
Signal.trap('USR1') { got += 1 }
Process.kill('USR1', $$)
Thread.pass until got > 0
begin
  Timeout.timeout(0.02) { loop {} }
rescue Timeout::Error
  puts 'timeout'
end
garbage = []
20_000.times { |i| garbage << "s#{i}"; garbage = [] if i % 1000 == 0 }
GC.start
fiber = Fiber.new { Fiber.yield 1; 2 }
puts fiber.resume, fiber.resume
Process.wait(fork { exit 3 })
puts $?.exitstatus
stopped = Thread.new { Thread.stop }
Thread.pass until stopped.stop?
stopped.kill.join
puts `echo sub`, rand, Time.now.to_f
