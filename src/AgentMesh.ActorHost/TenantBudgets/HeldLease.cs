namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>A lease in the hands of this process. Amounts are from its beginning on, in atomic units. Not for two threads at a time.</summary>
internal sealed class HeldLease(string id)
{
    private UInt128 _granted;

    public string Id => id;

    /// <summary>The number of what was last said of it.</summary>
    public long Revision { get; private set; }

    /// <summary>What is known to be spent.</summary>
    public UInt128 Spent { get; private set; }

    /// <summary>What is set aside, and may be spent or not.</summary>
    public UInt128 Reserved { get; private set; }

    /// <summary>What was set aside since more of it was last asked for: about what will be needed next.</summary>
    public UInt128 Used { get; private set; }

    /// <summary>The version of the tenant's rules when it was last heard of.</summary>
    public long Version { get; private set; }

    /// <summary>The timestamp at which it is over.</summary>
    public long EndsAt { get; private set; }

    /// <summary>What may still be set aside.</summary>
    public UInt128 Free => _granted > Spent + Reserved ? _granted - Spent - Reserved : 0;

    /// <summary>Sets aside; false: there is not enough.</summary>
    public bool TryReserve(UInt128 amount)
    {
        if (amount > Free)
            return false;
        Reserved += amount;
        Used += amount;
        return true;
    }

    /// <summary>What was set aside is spent but for a part of it.</summary>
    public void Return(UInt128 amount, UInt128 unspent)
    {
        Reserved -= amount;
        Spent += amount - unspent;
    }

    /// <summary>Everything that is set aside is taken to be spent.</summary>
    public void SpendReserved() => Return(Reserved, 0);

    /// <summary>
    /// Something new is to be said of it. Until the tenant has answered, no more is set aside: the answer may leave less than there is now, and others
    /// may have that by then.
    /// </summary>
    /// <returns>Its number.</returns>
    public long Next()
    {
        Used = 0;
        _granted = UInt128.Min(_granted, Spent + Reserved);
        return ++Revision;
    }

    /// <summary>What the tenant has answered.</summary>
    public void Hear(UInt128 granted, long endsAt, long version) => (_granted, EndsAt, Version) = (granted, endsAt, version);
}
