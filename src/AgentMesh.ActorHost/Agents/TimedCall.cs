using AgentMesh.Contracts;
using AgentMesh.Primitives;
using Dapr.Actors;
using Dapr.Actors.Client;

namespace AgentMesh.ActorHost.Agents;

/// <summary>How work in the background calls an actor, through the sidecar: once, and not for ever.</summary>
internal static class TimedCall
{
    /// <summary>Longer than any turn of an actor.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(25);

    /// <summary>Calls it. Not retried here: each call of the background is safe to repeat, and who calls comes again.</summary>
    /// <param name="proxies">Makes the proxy.</param>
    /// <param name="time">Tells the time-out.</param>
    /// <param name="type">The actor type.</param>
    /// <param name="id">The actor id.</param>
    /// <param name="method">The method.</param>
    /// <param name="request">What it is called with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="timeout">How long an answer is waited for; null: longer than any turn of an actor.</param>
    /// <exception cref="OperationCanceledException">The caller gave up, or nothing was heard in time.</exception>
    public static async Task<Result<TAnswer>> AskOnceAsync<TRequest, TAnswer>(
        this IActorProxyFactory proxies, TimeProvider time, string type, string id, string method, TRequest? request, CancellationToken cancellationToken,
        TimeSpan? timeout = null)
        where TAnswer : class
    {
        using var clock = new CancellationTokenSource(timeout ?? Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        return (await proxies.Create(new ActorId(id), type).AskAsync<TRequest, TAnswer>(method, request, either.Token)).ToResult();
    }
}
