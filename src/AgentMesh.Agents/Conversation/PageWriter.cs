using System.Collections.Immutable;

namespace AgentMesh.Agents.Conversation;

/// <summary>Puts messages on pages: to the open one while there is room, else to the next.</summary>
internal sealed class PageWriter(OpenPage open, MessagePage page)
{
    private readonly List<NumberedPage> _closed = [];
    private MessagePage _page = page;
    private bool _changed;

    internal OpenPage Open { get; private set; } = open;

    /// <returns>What it takes; encoded bytes.</returns>
    internal int Append(StoredMessage message)
    {
        var bytes = message.EncodedBytes();
        if (!Open.HasRoomFor(bytes))
        {
            if (_changed)
                _closed.Add(new NumberedPage(Open.N, _page));
            Open = new OpenPage(Open.N + 1, 0, 0);
#if PLANTED_BUGS
            if (PlantedBugs.Is("lost_page") && Open.N > 1)
                Open = new OpenPage(Open.N - 1, 0, 0);
#endif
            _page = MessagePage.Empty;
        }

        _page = _page with { Messages = _page.Messages.Add(message) };
        Open = new OpenPage(Open.N, Open.Count + 1, Open.Bytes + bytes);
        _changed = true;
        return bytes;
    }

    internal ImmutableArray<NumberedPage> ToStore() => _changed ? [.. _closed, new NumberedPage(Open.N, _page)] : [];
}
