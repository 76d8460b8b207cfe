<?php // processes, a timer that interrupts a loop, cycles for the collector, generators, fibers
pcntl_async_signals(true);
$alarms = 0;
pcntl_signal(SIGALRM, function () use (&$alarms) { $alarms++; });
$pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
for ($i = 0; $i < 3; $i++) {
	if (!($pid = pcntl_fork())) {
		fwrite($pair[1], "child\n");
		exit($i);
	}
	pcntl_waitpid($pid, $status);
	echo pcntl_wexitstatus($status), ' ', fgets($pair[0]);
}
class Node { public $other; }
for ($i = 0; $i < 20000; $i++) {
	$a = new Node;
	$b = new Node;
	$a->other = $b;
	$b->other = $a;
}
echo gc_collect_cycles() > 0 ? "collected\n" : "nothing\n";
function numbers() {
	for ($i = 0; $i < 3; $i++) try { yield $i; } finally { echo "left $i\n"; }
}
foreach (numbers() as $x) echo "$x\n";
try { intdiv(1, 0); } catch (DivisionByZeroError $e) { echo $e->getMessage(), "\n"; }
$fiber = new Fiber(function () { echo 'resumed ', Fiber::suspend('suspended'), "\n"; });
echo $fiber->start(), "\n";
$fiber->resume('with this');
pcntl_alarm(1);
for ($h = 0; !$alarms;) $h = crc32($h . 'x');
echo strlen(random_bytes(8)), ' ', microtime(true), "\n";
