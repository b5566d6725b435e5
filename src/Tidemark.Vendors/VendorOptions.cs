namespace Tidemark.Vendors;

/// <summary>The options of all registered vendors, each found by its type. Its text names none of them.</summary>
public sealed class VendorOptions
{
    private readonly IReadOnlyDictionary<Type, object> _byType;

    /// <exception cref="ArgumentException">Two vendors have options of one type.</exception>
    public VendorOptions(IEnumerable<object> options) => _byType = options.ToDictionary(o => o.GetType());

    /// <summary>The options of the vendor whose type this is.</summary>
    /// <exception cref="KeyNotFoundException">That vendor is not registered.</exception>
    public T Of<T>()
        where T : class => (T)_byType[typeof(T)];
}
