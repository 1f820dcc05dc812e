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
    /// <exception cref="OperationCanceledException">The caller gave up, or nothing was heard in time.</exception>
    public static async Task<Result<TAnswer>> AskOnceAsync<TRequest, TAnswer>(
        this IActorProxyFactory proxies, TimeProvider time, string type, string id, string method, TRequest? request, CancellationToken cancellationToken)
        where TAnswer : class
    {
        using var clock = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        return (await proxies.Create(new ActorId(id), type).AskAsync<TRequest, TAnswer>(method, request, either.Token)).ToResult();
    }
}
