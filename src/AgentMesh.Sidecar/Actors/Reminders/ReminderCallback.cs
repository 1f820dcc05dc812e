using System.Buffers;
using System.Text.Json;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>Brings one tick to the app, as the actor's turn.</summary>
internal sealed class ReminderCallback(ActorRouter router)
{
    /// <param name="reminder">The reminder whose tick is due.</param>
    /// <param name="mayFire">Asked when the turn has come.</param>
    /// <param name="cancellationToken">The sidecar stops.</param>
    public async Task<CallbackOutcome> RunAsync(Reminder reminder, Func<bool> mayFire, CancellationToken cancellationToken)
    {
        var (outcome, error) = await router.RunTurnAsync(
            reminder.Actor,
            async (host, token) => mayFire()
                ? await ActorCallback.SendAsync(host, reminder.Actor, "remind", reminder.Name, BodyOf(reminder), token)
                : CallbackOutcome.NoTurn,
            cancellationToken);
        return error is null ? outcome : CallbackOutcome.NoTurn;
    }

    // The spans are empty in every tick, as daprd sends them.
    private static ReadOnlyMemory<byte> BodyOf(Reminder reminder)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (reminder.Data is { } data)
            {
                json.WritePropertyName("data");
                json.WriteRawValue(data, skipInputValidation: true);
            }

            json.WriteString("dueTime", "");
            json.WriteString("period", "");
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
