-- ghc: threads, garbage, an exception, time limits of a sleep and of a computation, a sleeper.
import Control.Concurrent
import Control.Exception
import Control.Monad
import System.Mem
import System.Timeout

main :: IO ()
main = do
  sum' <- newMVar (0 :: Int)
  done <- forM [1 .. 4] $ \i -> do
    d <- newEmptyMVar
    _ <- forkIO (replicateM_ 300 (modifyMVar_ sum' (return . (+ i))) >> putMVar d ())
    return d
  mapM_ takeMVar done
  readMVar sum' >>= print
  performGC
  r <- try (evaluate (1 `div` (0 :: Int))) :: IO (Either ArithException Int)
  print r
  timeout 5000 (threadDelay 10000000) >>= print
  timeout 20000 (evaluate (length [1 :: Integer ..])) >>= print
  bound <- newEmptyMVar
  _ <- forkIO (threadDelay 2000 >> putMVar bound "slept")
  takeMVar bound >>= putStrLn
