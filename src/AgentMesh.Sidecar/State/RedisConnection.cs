using StackExchange.Redis;

namespace AgentMesh.Sidecar.State;

/// <summary>What everybody does who speaks to a Redis: connects, and tells its faults from bugs.</summary>
internal static class RedisConnection
{
    /// <summary>Connects and takes the connection into use; one that cannot be used is closed again.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="use">Makes what owns the connection from now on; its first commands belong here.</param>
    /// <param name="failure">What the failure is called; why follows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StateStoreException">Redis was not reached within <see cref="RedisStoreOptions.ConnectTimeout"/> or refused.</exception>
    public static async Task<T> OpenAsync<T>(
        RedisStoreOptions options, Func<ConnectionMultiplexer, Task<T>> use, string failure, CancellationToken cancellationToken)
    {
        ConnectionMultiplexer? connection = null;
        try
        {
            connection = await ConnectionMultiplexer.ConnectAsync(options.ToConfiguration()).WaitAsync(options.ConnectTimeout, cancellationToken).ConfigureAwait(false);
            return await use(connection).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsFault(fault))
        {
            if (connection is not null)
                await connection.DisposeAsync().ConfigureAwait(false);
            throw new StateStoreException($"{failure}: {fault.Message}", fault);
        }
    }

    /// <summary>Makes a call; a Redis that does not do it is a fault of the store.</summary>
    /// <exception cref="StateStoreException">Refused, unreachable or too slow.</exception>
    public static async Task<T> CallAsync<T>(Func<Task<T>> call, string failure, CancellationToken cancellationToken)
    {
        try
        {
            return await call().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsFault(fault))
        {
            throw new StateStoreException($"{failure}: {fault.Message}", fault);
        }
    }

    /// <summary>Whether Redis or the way to it is to blame. <see cref="RedisTimeoutException"/> is a <see cref="TimeoutException"/>, the other two are not related.</summary>
    private static bool IsFault(Exception exception) => exception is RedisException or TimeoutException or ObjectDisposedException;
}
