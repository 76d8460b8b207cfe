% erlang: processes, a timer, a table, an error, a monitor, a port.
-module(threads).
-export([main/0]).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

main() ->
	Self = self(),
	Pids = [spawn(fun() -> Self ! {self(), lists:sum(lists:seq(1, 100))} end) || _ <- lists:seq(1, 100)],
	io:format("~p~n", [lists:sum([receive {P, V} -> V end || P <- Pids])]),
	{ok, _} = timer:send_after(5, tick),
	receive tick -> io:format("tick ~p~n", [fib(18)]) end,
	T = ets:new(t, []),
	[ets:insert(T, {I, I}) || I <- lists:seq(1, 1000)],
	io:format("~p~n", [catch 1 / (ets:info(T, size) - 1000)]),
	{P2, R} = spawn_monitor(fun() -> exit(why) end),
	receive {'DOWN', R, _, P2, X} -> io:format("~p~n", [X]) end,
	garbage_collect(),
	io:format("~p ~p ~p~n", [os:cmd("echo sub"), erlang:monotonic_time(), rand:uniform()]),
	halt(0).
