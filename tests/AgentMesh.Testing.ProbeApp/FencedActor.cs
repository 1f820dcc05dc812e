using Dapr;
using Dapr.Actors;
using Dapr.Actors.Runtime;

namespace AgentMesh.Testing.ProbeApp;

/// <summary>An actor whose turns can be seen from outside.</summary>
public interface IFencedActor : IActor
{
    /// <summary>Takes a token, works for a while, saves the next count, gives the token back.</summary>
    /// <param name="milliseconds">How long the work takes.</param>
    /// <returns>The count as saved.</returns>
    Task<long> Turn(int milliseconds);
}

/// <summary>
/// Each turn is entered and left in a store outside of actor state, so that two at once are seen there whatever the sidecar believes.
/// </summary>
[Actor(TypeName = "Fenced")]
internal sealed class FencedActor(ActorHost host, FencingClient fence, TimeProvider timeProvider) : Actor(host), IFencedActor
{
    private const string Count = "count";

    public async Task<long> Turn(int milliseconds)
    {
        var token = await fence.EnterAsync(Id.GetId());
        var count = await StateManager.GetOrAddStateAsync(Count, 0L) + 1;
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), timeProvider);
        await StateManager.SetStateAsync(Count, count);
        try
        {
            await SaveStateAsync();
        }
        catch (Exception failure) when (failure is DaprApiException or HttpRequestException)
        {
            await fence.LeaveAsync(Id.GetId(), token, count, saved: false);
            throw;
        }

        await fence.LeaveAsync(Id.GetId(), token, count, saved: true);
        return count;
    }
}
