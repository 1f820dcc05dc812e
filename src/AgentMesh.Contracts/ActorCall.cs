using System.Text.Json;
using Dapr.Actors.Client;

namespace AgentMesh.Contracts;

/// <summary>How an actor's method is called that answers with a <see cref="Reply{T}"/>.</summary>
public static class ActorCall
{
    /// <summary>Calls it once.</summary>
    /// <param name="proxy">The actor.</param>
    /// <param name="method">Its name.</param>
    /// <param name="request">Its parameter; null: it has none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JsonException">The reply has neither value nor refusal: the other side speaks another contract.</exception>
    public static async Task<Reply<TAnswer>> AskAsync<TRequest, TAnswer>(
        this ActorProxy proxy, string method, TRequest? request, CancellationToken cancellationToken)
        where TAnswer : class
    {
        // Two overloads: without an argument the SDK sends no body, which a method without a parameter expects.
        var reply = request is null
            ? await proxy.InvokeMethodAsync<Reply<TAnswer>?>(method, cancellationToken)
            : await proxy.InvokeMethodAsync<TRequest, Reply<TAnswer>?>(method, request, cancellationToken);
        return reply is null or { Value: null, Refusal: null }
            ? throw new JsonException("The actor's reply has neither value nor refusal.")
            : reply;
    }
}
